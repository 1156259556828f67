using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Viper.Contracts;
using Viper.Orchestration.Internal;
using Viper.Orchestration.Tests.StandIns;

namespace Viper.Orchestration.Tests;

/// <summary>An engine on a state directory of its own, with stand-ins for everything that would need privileges.</summary>
internal sealed class EngineFixture : IAsyncDisposable
{
    /// <summary>How long a test waits for what must come; generous, for machines are shared.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private EngineFixture(string folder)
    {
        Folder = folder;
        Images = new ScriptedImages(folder);
        Settings = new EngineSettings
        {
            StateDirectory = Path.Combine(folder, "state"),
            RuntimeDirectory = Path.Combine(folder, "run"),
            LogDirectory = Path.Combine(folder, "log"),
        };
    }

    public string Folder { get; }

    public EngineSettings Settings { get; private set; }

    public ScriptedNetwork Network { get; } = new();

    public ScriptedHypervisor Hypervisor { get; } = new();

    public ScriptedAgents Agents { get; } = new();

    public ScriptedImages Images { get; }

    public TimeProvider Time { get; private init; } = TimeProvider.System;

    public VmEngine Engine { get; private set; } = null!;

    public static async Task<EngineFixture> OpenAsync(Func<EngineSettings, EngineSettings>? change = null, TimeProvider? time = null)
    {
        EngineFixture fixture = new(Directory.CreateTempSubdirectory("viper-engine-").FullName) { Time = time ?? TimeProvider.System };
        fixture.Settings = change?.Invoke(fixture.Settings) ?? fixture.Settings;
        await fixture.ReopenAsync();
        return fixture;
    }

    /// <summary>Opens the engine on what is in the folder, as a new daemon would.</summary>
    public async Task ReopenAsync() => Engine = await VmEngine.OpenAsync(
        Settings, NullLoggerFactory.Instance, _ => Network, _ => Hypervisor, _ => Images, Agents, Time, CancellationToken.None);

    public Task<Vm> CreateAsync(string name) =>
        Engine.CreateAsync(new CreateVmRequest { Name = name }, TestContext.Current.CancellationToken);

    public async Task<Vm> CreateReadyAsync(string name)
    {
        await CreateAsync(name);
        return await Engine.WaitReadyAsync(name, Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>The events so far.</summary>
    public async Task<IReadOnlyList<VmEvent>> EventsUntilAsync(string type, string vm)
    {
        List<VmEvent> events = [];
        using CancellationTokenSource patience = new(Patience);
        await foreach (VmEvent e in Engine.ReadEventsAsync(0, null, patience.Token))
        {
            events.Add(e);
            if (e.Type == type && e.Vm.Name == vm)
            {
                return events;
            }
        }

        throw new InvalidOperationException($"No {type} of {vm} came.");
    }

    /// <summary>Waits until what callers see of a VM is as wanted.</summary>
    public Task<Vm> UntilAsync(string name, Func<Vm, bool> isWanted) =>
        Engine.WaitAsync(name, Patience, (_, vm) => isWanted(vm), EngineProblems.StopTimeout, TestContext.Current.CancellationToken);

    /// <summary>Fails if anything of a run is left.</summary>
    public void AssertNothingLeft()
    {
        Assert.Empty(Network.Taps);
        Assert.Empty(Hypervisor.Living);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(Settings.RuntimeDirectory, "vms")));
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The addresses of a subnet by their place, from 1.</summary>
    public static string Address(int last) => IPAddress.Parse($"192.168.127.{last}").ToString();
}
