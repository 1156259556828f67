using System.Globalization;
using Viper.Contracts;

namespace Viper.Cli.Output;

/// <summary>VMs as people read them.</summary>
internal static class VmText
{
    internal static void WriteTable(TextWriter output, IEnumerable<Vm> vms)
    {
        TextTable table = new("NAME", "STATUS", "IMAGE", "CPUS", "MEMORY", "IP", "AGE");
        foreach (Vm vm in vms)
        {
            table.Add(vm.Name, State(vm), vm.Image, Number(vm.CpuCores), $"{vm.MemoryMb} MiB", vm.IpAddress, Age(DateTimeOffset.UtcNow - vm.CreatedAt));
        }

        table.Write(output);
    }

    internal static void WriteDetails(TextWriter output, Vm vm)
    {
        TextTable table = new("name", vm.Name);
        table.Add("id", vm.Id);
        table.Add("status", State(vm));
        table.AddIfAny("reason", vm.StatusReason);
        table.Add("image", vm.Image);
        table.Add("cpus", Number(vm.CpuCores));
        table.Add("memory", $"{vm.MemoryMb} MiB");
        table.Add("ip", vm.IpAddress);
        table.Add("mac", vm.MacAddress);
        table.AddIfAny("network", vm.Network is { } network ? Network(network) : null);
        table.AddIfAny("hypervisor", vm.Hypervisor);
        table.AddIfAny("pid", vm.Pid?.ToString(CultureInfo.InvariantCulture));
        table.AddIfAny("browser", vm.Browser?.Product);
        table.Add("created", Time(vm.CreatedAt));
        table.AddIfAny("ready", vm.ReadyAt is { } ready ? Time(ready) : null);
        table.AddIfAny("idle end", vm.IdleDeadline is { } idle ? Time(idle) : null);
        table.AddIfAny("expires", vm.ExpiresAt is { } end ? Time(end) : null);
        table.AddIfAny("restart", vm.Restart is RestartPolicies.Never ? null : vm.Restart);
        table.AddIfAny("labels", string.Join(' ', vm.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}")));
        table.AddIfAny("devtools", vm.Urls?.CdpHttp);
        table.Write(output);
    }

    internal static string State(Vm vm) => vm.Status is VmStatus.Starting && vm.Phase is not null ? $"{vm.Status} ({vm.Phase})" : vm.Status;

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    internal static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 1 } => $"{(int)age.TotalDays}d",
        { TotalHours: >= 1 } => $"{(int)age.TotalHours}h",
        { TotalMinutes: >= 1 } => $"{(int)age.TotalMinutes}m",
        _ => $"{Math.Max(0, (int)age.TotalSeconds)}s",
    };

    private static string Network(NetworkSpec network) => string.Join(", ", (IEnumerable<string>)
    [
        network.Policy ?? "",
        .. (network.Allow ?? []).Select(static entry => entry.Ports is { Count: > 0 } ports ? $"{entry.Cidr} {string.Join(' ', ports)}" : entry.Cidr),
        .. network.UpKbps > 0 ? [$"up {Number(network.UpKbps)} kbit/s"] : (string[])[],
        .. network.DownKbps > 0 ? [$"down {Number(network.DownKbps)} kbit/s"] : (string[])[],
        .. network.MaxConnections > 0 ? [$"{Number(network.MaxConnections)} connections"] : (string[])[],
    ]);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
