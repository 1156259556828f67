using System.CommandLine;

namespace Viper.Daemon.Commands;

/// <summary><c>viperd net show</c>: the VMs' network as the kernel has it, whether a daemon runs or not.</summary>
internal static class NetCommand
{
    internal static Command Make(VerbContext context) => new("net", "Show the VMs' network as the kernel has it.") { MakeShow(context) };

    private static Command MakeShow(VerbContext context)
    {
        Command command = new("show", "Each VM's address, policy, limits and counters.") { context.Json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            IReadOnlyList<NetGuest> guests = await context.Parts.OpenSetup(context.Enter(parsed)).ShowNetworkAsync(cancellationToken);
            if (parsed.GetValue(context.Json))
            {
                context.PrintJson(new NetReport(guests), DaemonJson.Default.NetReport);
                return 0;
            }

            context.Output.WriteLine($"{"VM",-20}  {"TAP",-10}  {"STATE",-7}  {"IP",-15}  {"POLICY",-8}  {"SENT",10}  {"RECEIVED",10}  {"NAMES",7}  {"DENIED",7}  {"FORGED",7}  LIMITS");
            foreach (NetGuest guest in guests)
            {
                context.Output.WriteLine(
                    $"{guest.Vm ?? "-",-20}  {guest.Tap,-10}  {guest.TapState,-7}  {guest.IpAddress,-15}  {guest.Policy,-8}  {Bytes(guest.SentBytes),10}  {Bytes(guest.ReceivedBytes),10}  "
                    + $"{guest.DnsQueries,7}  {guest.DeniedPackets,7}  {guest.ForgedPackets,7}  {Limits(guest)}");
            }

            return 0;
        });
        return command;
    }

    private static string Bytes(ulong bytes) => bytes switch
    {
        >= 10_000_000_000 => $"{bytes / 1_000_000_000} GB",
        >= 10_000_000 => $"{bytes / 1_000_000} MB",
        >= 10_000 => $"{bytes / 1_000} kB",
        _ => $"{bytes} B",
    };

    private static string Limits(NetGuest guest)
    {
        string limits = string.Join(", ", (IEnumerable<string>)
        [
            .. guest.UpKbps > 0 ? [$"up {guest.UpKbps} kbit/s"] : (string[])[],
            .. guest.DownKbps > 0 ? [$"down {guest.DownKbps} kbit/s"] : (string[])[],
            .. guest.MaxConnections > 0 ? [$"{guest.MaxConnections} connections"] : (string[])[],
        ]);
        return limits.Length == 0 ? "-" : limits;
    }
}
