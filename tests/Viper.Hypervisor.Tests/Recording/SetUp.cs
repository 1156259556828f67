using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>Brings a fresh stand-in into the state in which a recorded request was made.</summary>
/// <remarks>
/// The rules, in order: a new stand-in; what the same VMM had accepted before (so that devices, snapshots and sizes are as they
/// were), each in its recorded state; then whatever leads to the recorded state of the request. Where no machine is described, it is
/// the one that the case's name presupposes.
/// </remarks>
public sealed class SetUp(RecordedPlaces places, Exchange exchange) : IAsyncDisposable
{
    private const string Boot = "vm.boot";

    // Serves until the guest's socket is asked for, instead of the minute of the real program.
    private static readonly TimeSpan s_vhostUserWait = TimeSpan.FromMilliseconds(100);

    private readonly List<IAsyncDisposable> _others = [];
    private Task? _background;

    /// <summary>The stand-in, ready for the request.</summary>
    public async Task<StandInProcess> RunAsync()
    {
        StandInProcess vmm = new(places, Options());
        _others.Add(vmm);
        int start = Recording.StartOf(exchange.Index);
        if (exchange.Before is null)
        {
            await PrepareMigrationAsync(vmm);
            return vmm;
        }

        await TakeSnapshotsAsync(start);
        foreach (Exchange earlier in Recording.All.Skip(start).Take(exchange.Index - start).Where(IsMadeAgain))
        {
            await ReachAsync(vmm, earlier);
            await vmm.RepeatAsync(earlier);
        }

        await ReachAsync(vmm, exchange);
        return vmm;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable other in _others)
        {
            await other.DisposeAsync();
        }

        await (_background ?? Task.CompletedTask);
    }

    // The guests of the recording ignored the power button. One binary was unpatched: its host gave no nested state.
    private StandInOptions Options() => new()
    {
        Faults = [new StandInFault("vm.power-button", StandInFaultKind.Ignore)],
        NoShutdown = true,
        VhostUserWait = s_vhostUserWait,
        RefusesSnapshot = exchange.Case.EndsWith("unpatched binary", StringComparison.Ordinal),
    };

    // A snapshot that another VMM took: the requests that led to it are made to a stand-in of its own.
    private async Task TakeSnapshotsAsync(int start)
    {
        Exchange? taken = Recording.All.Take(start).LastOrDefault(
            earlier => earlier.Section == exchange.Section && earlier is { Operation: "vm.snapshot", IsAccepted: true });
        if (taken is null)
        {
            return;
        }

        await using StandInProcess other = new(places, Options(), "other.sock");
        string? machine = MachineBefore(taken.Index);
        foreach (string operation in (string[])["vm.create", Boot, "vm.pause", "vm.snapshot"])
        {
            await other.DoAsync(operation, operation switch
            {
                "vm.create" => machine,
                "vm.snapshot" => taken.Body,
                _ => null,
            });
        }
    }

    // What was accepted, and a boot that failed, which leaves devices behind.
    private static bool IsMadeAgain(Exchange earlier) =>
        earlier.Method == "PUT" && (earlier.IsAccepted || (earlier.Operation == Boot && earlier.Status == 500));

    // Leads to the state in which an exchange was made, by way of the machine that it presupposes where none is described yet.
    private async Task ReachAsync(StandInProcess vmm, Exchange to)
    {
        string state = await vmm.StateAsync();
        string? wanted = to.Case.Contains("its own VM", StringComparison.Ordinal) ? "running" : to.Before;
        if (state == "none" && wanted != "none")
        {
            await MakeAsync(vmm, to);
            state = await vmm.StateAsync();
        }

        if (to.Case.EndsWith("after the guest powered off", StringComparison.Ordinal))
        {
            await PowerOffAsync(vmm);
            state = await vmm.StateAsync();
        }

        string? path = (state, wanted) switch
        {
            var (from, there) when from == there => "",
            (_, "none") => "vm.delete",
            ("created", "running") => Boot,
            ("created", "paused") => $"{Boot} vm.pause",
            ("running", "created") or ("paused", "created") => "vm.shutdown",
            ("running", "paused") => "vm.pause",
            ("paused", "running") => "vm.resume",
            _ => throw new InvalidOperationException($"No way from {state} to {wanted}."),
        };
        foreach (string operation in path.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            await vmm.DoAsync(operation);
        }
    }

    private static async Task MakeAsync(StandInProcess vmm, Exchange to)
    {
        if (to.Case.Contains("--restore", StringComparison.Ordinal) || Recording.All[Recording.StartOf(to.Index)].Case.Contains("--restore", StringComparison.Ordinal))
        {
            await vmm.DoAsync("vm.restore", """{"source_url":"file:///run/viper/snapA"}""");
            return;
        }

        string first = Recording.All[Recording.StartOf(to.Index)].Case;
        await vmm.DoAsync("vm.create", first switch
        {
            _ when first.Contains("command line", StringComparison.Ordinal) => CommandLineMachine,
            _ when first.Contains("its own VM", StringComparison.Ordinal) => PlainMachine,
            _ => MachineBefore(to.Index),
        });
    }

    // Two VMMs are in play; which of them is asked, and what the other one does meanwhile, is in the case's name.
    private async Task PrepareMigrationAsync(StandInProcess vmm)
    {
        string machine = MigratedMachine(isShared: Previous("vm.send-migration")?.Request!["local"]?.GetValue<bool>() ?? false);
        switch (exchange.Case)
        {
            case "vm.receive-migration (destination)":
                _background = SendToAsync(vmm, machine, Previous("vm.send-migration")!);
                break;
            case "destination vm.info":
                Exchange receive = Previous("vm.receive-migration")!;
                _background = SendToAsync(vmm, machine, Previous("vm.send-migration")!);
                await vmm.DoAsync(receive.Operation, receive.Body);
                break;
            case "vm.receive-migration on a path where a socket file is left over":
                // Any file in the place of the socket keeps it from being made.
                await File.WriteAllTextAsync($"{places.Run}/mig3.sock", "", TestContext.Current.CancellationToken);
                break;
            case "vm.receive-migration bad URL" or "vm.send-migration `{}`":
                break;
            case "vm.info 2 s later":
                await StartAsync(vmm, PlainMachine);
                await vmm.DoAsync("vm.send-migration", Previous("vm.send-migration")!.Body);
                break;
            default:
                await StartAsync(vmm, exchange.Status == 204 ? machine : PlainMachine);
                break;
        }
    }

    private async Task SendToAsync(StandInProcess destination, string machine, Exchange send)
    {
        StandInProcess source = new(places, Options(), "source.sock");
        _others.Add(source);
        await StartAsync(source, machine);

        // The destination listens once its request has come; a source that finds nobody gives up.
        await destination.Receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (destination.Receiving.IsCompletedSuccessfully)
        {
            await source.TryAsync("PUT", "vm.send-migration", send.Body);
        }
    }

    private Exchange? Previous(string operation) => Recording.All.Take(exchange.Index).LastOrDefault(
        earlier => earlier.Section == exchange.Section && earlier.Operation == operation && earlier.Status == 204);

    private static async Task StartAsync(StandInProcess vmm, string machine)
    {
        await vmm.DoAsync("vm.create", machine);
        await vmm.DoAsync(Boot);
    }

    private async Task PowerOffAsync(StandInProcess vmm)
    {
        string path = JsonNode.Parse(MachineBefore(exchange.Index)!)!["serial"]!["socket"]!.GetValue<string>();
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(places.Here(path)));
        await socket.SendAsync("q"u8.ToArray());

        // Closing at once could lose the letter.
        byte[] buffer = new byte[1024];
        StringBuilder text = new();
        while (!text.ToString().Contains("guest: off", StringComparison.Ordinal))
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer)));
        }

        while (await vmm.StateAsync() != "created")
        {
            // The guest powers off by itself, soon after it has said so.
        }
    }

    private static string? MachineBefore(int index)
    {
        string section = Recording.All[index].Section;
        Exchange? before = Recording.All.Take(index).LastOrDefault(
            earlier => earlier.Section == section && earlier is { Operation: "vm.create", IsAccepted: true });
        return before?.Body ?? PlainMachine;
    }

    /// <summary>The machine of the recording that has no devices besides the usual ones.</summary>
    private static string PlainMachine { get; } = Recording.All.First(
        exchange => exchange.Section.StartsWith("6.", StringComparison.Ordinal) && exchange.Operation == "vm.create").Body!;

    private static string CommandLineMachine => """
        {"payload":{"kernel":"/srv/guest/vmlinux"},"memory":{"size":134217728},"serial":{"mode":"Off"},"console":{"mode":"Off"}}
        """;

    private static string MigratedMachine(bool isShared)
    {
        JsonObject machine = JsonNode.Parse(PlainMachine)!.AsObject();
        machine["memory"] = new JsonObject { ["size"] = 134217728, ["shared"] = isShared };
        return machine.ToJsonString(Recording.Plain);
    }
}
