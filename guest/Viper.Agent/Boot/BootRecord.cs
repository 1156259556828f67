using Viper.Contracts.Agent;

namespace Viper.Agent.Boot;

/// <summary>Notes when the steps of the start happened; each is written once.</summary>
internal sealed class BootRecord
{
    private long _listening;
    private long _browserStart;
    private long _browserReady;

    internal void Listening() => Note(ref _listening);

    internal void BrowserStart() => Note(ref _browserStart);

    internal void BrowserReady() => Note(ref _browserReady);

    internal BootTimes ToTimes() => new()
    {
        AgentStart = BootClock.ProcessStart(),
        Listening = Read(ref _listening),
        BrowserStart = Read(ref _browserStart),
        BrowserReady = Read(ref _browserReady),
    };

    private static void Note(ref long step) => Interlocked.CompareExchange(ref step, BootClock.Now, 0);

    private static long? Read(ref long step) => Interlocked.Read(ref step) is > 0 and var time ? time : null;
}
