using Viper.Contracts;
using Viper.Orchestration;

namespace Viper.EngineHost;

/// <summary>A client that follows the events from now on and tells which it has seen.</summary>
internal sealed class EventClient(VmEngine engine, TextWriter told)
{
    public async Task FollowAsync()
    {
        await foreach (VmEvent e in engine.ReadEventsAsync(engine.GetStatus().LastSeq, null, CancellationToken.None))
        {
            await told.WriteLineAsync("saw " + Text(e));
        }
    }

    /// <summary>An event as <c>SEQ:TYPE:VM</c>.</summary>
    public static string Text(VmEvent e) => $"{e.Seq}:{e.Type}:{e.Vm.Name}";
}
