using System.Collections.Concurrent;
using System.Net;
using Viper.Orchestration.Internal;

namespace Viper.Orchestration.Tests.StandIns;

/// <summary>Remembers which taps there are, and fails when told to.</summary>
internal sealed class ScriptedNetwork : IVmNetwork
{
    public ConcurrentDictionary<string, IPAddress> Taps { get; } = new();

    public EngineException? NotReady { get; set; }

    public Exception? AttachFailure { get; set; }

    public void Preflight()
    {
        if (NotReady is not null)
        {
            throw NotReady;
        }
    }

    public void Attach(string tap, string mac, IPAddress address)
    {
        if (AttachFailure is not null)
        {
            throw AttachFailure;
        }

        Assert.True(Taps.TryAdd(tap, address), $"Tap {tap} was attached twice.");
    }

    public void Detach(string tap) => Taps.TryRemove(tap, out _);

    public IReadOnlyList<string> ListTaps() => [.. Taps.Keys];
}
