using System.Globalization;
using System.Net;
using Viper.Hypervisor;
using Viper.Integration.Tests.Hypervisor.Guest;
using Viper.Net;
using Viper.Orchestration.Network;
using Viper.TestKit.Hypervisor;
using Viper.TestKit.Network;

namespace Viper.Integration.Tests.Engine;

/// <summary>Where an engine lives, dies and comes back: a namespace, a folder, a VMM; and what must be true whenever it is back.</summary>
internal sealed class EngineStage : IAsyncDisposable
{
    private const string Saw = "saw ";
    private static readonly string[] s_atRest = ["running", "paused", "stopped", "crashed"];
    private readonly NetNsFixture _ns = new();
    private readonly ShortFolder _folder = new();
    private string[] _events = [];
    private string[] _seen = [];

    private readonly HostNetworkSettings _network;
    private readonly string _vmm;

    private EngineStage(HostNetworkSettings network, string? vmm)
    {
        _network = network;
        _vmm = vmm ?? _folder["ring-qemu-system-trivial"];
    }

    public EngineProcess Engine { get; private set; } = null!;

    /// <summary>With the stand-in VMM, and a network of 250 addresses or of 1,020.</summary>
    public static async Task<EngineStage> SetAsync(bool isLarge = false)
    {
        EngineStage stage = new(isLarge ? new HostNetworkSettings { Subnet = IPNetwork.Parse("192.168.124.0/22") } : new HostNetworkSettings(), vmm: null);
        await TrivialVmmProgram.WriteAsync(stage._vmm);
        return await stage.SetAsync();
    }

    /// <summary>With QEMU, and guests of some 400 bytes that ring.</summary>
    public static async Task<EngineStage> SetRealAsync()
    {
        IHypervisor qemu = await HypervisorSelection.SelectAsync(new HypervisorOptions { Choice = HypervisorChoice.Qemu });
        EngineStage stage = new(new HostNetworkSettings(), qemu.Info.ProgramPath);
        await File.WriteAllBytesAsync(stage._folder["kernel"], TinyGuest.Build("viper: ready {}\n"));
        return await stage.SetAsync();
    }

    /// <summary>A new engine on what the one before left.</summary>
    public async Task StartAsync() => Engine = await EngineProcess.StartAsync(_ns, _folder.Path, _vmm, _network.Subnet.ToString());

    /// <summary>A new engine in place of one that is dead; tells what that one said last of itself.</summary>
    public async Task<IReadOnlyList<string>> ReplaceAsync()
    {
        EngineProcess dead = Engine;
        IReadOnlyList<string> told = await dead.ToldAsync();
        await dead.DisposeAsync();
        _seen = [.. told.Where(static line => line.StartsWith(Saw, StringComparison.Ordinal)).Select(static line => line[Saw.Length..])];
        await StartAsync();
        return told;
    }

    /// <summary>Looks from outside whether every VM is whole or gone, and nothing is there that no VM has.</summary>
    public async Task CheckAsync(string when)
    {
        string[][] vms = [.. (await Engine.AskAsync("list")).Select(static vm => vm.Split('='))];
        string state = $"{when}: {string.Join(' ', vms.Select(static vm => string.Join('=', vm)))}";
        Assert.All(vms, vm => Assert.True(s_atRest.Contains(vm[1]), state));
        string[][] up = [.. vms.Where(static vm => vm[1] is "running" or "paused")];
        Equal(up.Select(static vm => vm[2]), Vmms(), $"processes, {state}");
        Equal(up.Select(static vm => vm[4]), Folders("run/vms"), $"run folders, {state}");
        Assert.True(MachineRemains.ListControlGroups(_folder["run/vms"]).All(group => up.Any(vm => vm[4] == Path.GetFileName(group))), $"control groups, {state}");
        Assert.True(Folders("log/vms").All(folder => vms.Any(vm => vm[4] == folder)), $"log folders, {state}");
        Equal(up.Select(static vm => vm[3]), Guests().Select(static guest => guest.Ip.ToString()), $"filter, {state}");
        Assert.All(Guests(), guest => Assert.True(guest.Port == GuestPortState.Up, state));
        Assert.True(Taps() == up.Length, $"{Taps()} taps, {state}");
        Assert.Equal([vms.Length.ToString(CultureInfo.InvariantCulture)], await Engine.AskAsync("leased"));
        Assert.True(vms.Select(static vm => vm[3]).Distinct().Count() == vms.Length, $"addresses, {state}");
        await CheckEventsAsync(vms, state);
    }

    public async ValueTask DisposeAsync()
    {
        // Whatever a test that failed left behind: a VMM survives its engine, as it should.
        try
        {
            await Engine.DisposeAsync();
        }
        finally
        {
            try
            {
                await RemoveVmmsAsync();
            }
            finally
            {
                _ns.Dispose();
                _folder.Dispose();
            }
        }
    }

    private async Task RemoveVmmsAsync()
    {
        string folder = _folder["run/vms"];
        foreach (string group in MachineRemains.ListControlGroups(folder))
        {
            await MachineRemains.RemoveControlGroupAsync(group);
        }

        foreach (string pid in Vmms())
        {
            if (ProcessIdentity.Of(int.Parse(pid, CultureInfo.InvariantCulture)) is { } left && left.KillIfSame())
            {
                await left.WaitForExitAsync();
            }
        }
    }

    /// <summary>What was told once stays told, in its order; and the log says of every VM that it began, and of those that are gone that they ended.</summary>
    private async Task CheckEventsAsync(string[][] vms, string state)
    {
        string[] events = await Engine.AskAsync("events");
        Assert.True(events.Take(_events.Length).SequenceEqual(_events), $"events, {state}");
        _events = events;
        Assert.True(_seen.All(events.Contains), $"A client saw {string.Join(' ', _seen.Except(events))}, {state}");
        long[] numbers = [.. events.Select(static e => long.Parse(e.Split(':')[0], CultureInfo.InvariantCulture))];
        Assert.True(numbers.Zip(numbers.Skip(1)).All(static pair => pair.First < pair.Second), $"order, {state}");
        string[] last = [.. events.Select(static e => e.Split(':')).Where(static e => e[2].Length > 0).GroupBy(static e => e[2]).Select(static vm => $"{vm.Last()[1]}:{vm.Key}")];
        foreach (string[] vm in vms)
        {
            Assert.True(events.Any(e => e.EndsWith($":VM_CREATED:{vm[0]}", StringComparison.Ordinal)), $"no VM_CREATED of {vm[0]}, {state}");
        }

        Assert.True(last.Where(static e => !e.StartsWith("VM_DELETED:", StringComparison.Ordinal)).All(e => vms.Any(vm => e.EndsWith(":" + vm[0], StringComparison.Ordinal))), $"no VM_DELETED, {state}");
    }

    private async Task<EngineStage> SetAsync()
    {
        _ns.Run(() =>
        {
            using HostNetwork host = new(_network);
            host.Apply();
        });
        await StartAsync();
        return this;
    }

    private static void Equal(IEnumerable<string> expected, IEnumerable<string> actual, string what) => Assert.True(
        expected.Order(StringComparer.Ordinal).SequenceEqual(actual.Order(StringComparer.Ordinal)),
        $"{what}: not {string.Join(' ', actual)}");

    private string[] Folders(string name) => [.. Directory.GetDirectories(_folder[name]).Select(static folder => Path.GetFileName(folder))];

    private IReadOnlyList<GuestState> Guests() => _ns.Run(() =>
    {
        using HostNetwork host = new(_network);
        return host.ListGuests();
    });

    private int Taps() => _ns.Route.ListLinks().Count(static link => link.Kind == LinkKind.Tun && link.Name.StartsWith("vt", StringComparison.Ordinal));

    private string[] Vmms()
    {
        List<string> found = [];
        foreach (string process in Directory.GetDirectories("/proc").Where(static path => int.TryParse(Path.GetFileName(path), out _)))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(process, "cmdline")).Contains(_folder["run/vms"], StringComparison.Ordinal))
                {
                    found.Add(Path.GetFileName(process));
                }
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }

        return [.. found];
    }
}
