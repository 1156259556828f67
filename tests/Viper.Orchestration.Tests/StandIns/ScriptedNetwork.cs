using System.Collections.Concurrent;
using System.Net;
using Viper.Contracts;
using Viper.Orchestration.Internal;

namespace Viper.Orchestration.Tests.StandIns;

/// <summary>Remembers which taps there are, and fails when told to.</summary>
internal sealed class ScriptedNetwork : IVmNetwork
{
    public ConcurrentDictionary<string, IPAddress> Taps { get; } = new();

    /// <summary>What each VM was attached with last.</summary>
    public ConcurrentDictionary<string, NetworkSpec> Specs { get; } = new();

    public Action<string, NetworkDeniedData>? Denied { get; private set; }

    public EngineException? NotReady { get; set; }

    public Exception? AttachFailure { get; set; }

    /// <summary>While set, taps are made and removed only once this ends.</summary>
    public Task? Slow { get; set; }

    /// <summary>Ends when somebody waits for <see cref="Slow"/>.</summary>
    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Preflight()
    {
        if (NotReady is not null)
        {
            throw NotReady;
        }
    }

    public void Attach(string tap, string mac, IPAddress address, NetworkSpec network)
    {
        if (AttachFailure is not null)
        {
            throw AttachFailure;
        }

        if (Slow is { } slow)
        {
            Reached.TrySetResult();
            slow.Wait(EngineFixture.Patience);
        }

        Specs[tap] = network;
        Assert.True(Taps.TryAdd(tap, address), $"Tap {tap} was attached twice.");
    }

    public async Task DetachAsync(string tap)
    {
        if (Slow is { } slow)
        {
            Reached.TrySetResult();
            await slow;
        }

        Taps.TryRemove(tap, out _);
    }

    /// <summary>The taps of VMs that an earlier daemon started and this one took over.</summary>
    public ConcurrentDictionary<string, IPAddress> Kept { get; } = new();

    public bool TryKeep(string tap, string mac, IPAddress address, NetworkSpec network)
    {
        Specs[tap] = network;
        return Taps.ContainsKey(tap) && Kept.TryAdd(tap, address);
    }

    public Task<IReadOnlyList<string>> RemoveLeftoversAsync()
    {
        string[] taps = [.. Taps.Keys.Where(tap => !Kept.ContainsKey(tap))];
        foreach (string tap in taps)
        {
            Taps.TryRemove(tap, out _);
        }

        return Task.FromResult<IReadOnlyList<string>>([.. taps.Select(static tap => $"tap {tap}")]);
    }

    /// <summary>Taps that no VM has.</summary>
    public ConcurrentDictionary<string, IPAddress> Strays { get; } = new();

    public IReadOnlyList<string> ListStrays() => [.. Strays.Keys.Where(Taps.ContainsKey)];

    public void Serve(Action<string, NetworkDeniedData> denied, Action<string> repaired) => (Denied, Repaired) = (denied, repaired);

    public Action<string>? Repaired { get; private set; }
}
