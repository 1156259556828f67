using FsCheck;
using FsCheck.Fluent;

namespace Viper.Orchestration.Tests.Walks;

/// <summary>Random walks, and smaller ones than one that failed.</summary>
internal static class RandomWalks
{
    /// <summary>One VM without timers, one that may not be idle, one that may not last, one that rises again.</summary>
    private static readonly string[] s_names = ["plain", "idle", "life", "phoenix"];

    private static readonly string[] s_commands =
        ["create", "create", "start", "stop", "kill", "restart", "pause", "resume", "delete", "keepalive", "crash", "crash", "power-off"];

    private static readonly string[] s_happenings =
        [WalkStep.FiveMinutes, WalkStep.TenMinutes, WalkStep.HourForward, WalkStep.HourBack, WalkStep.Death, WalkStep.Death];

    private static readonly string[] s_deaths = [WalkStep.DeathAmidStart, WalkStep.DeathAmidStop, WalkStep.DeathAmidDelete, WalkStep.Race];

    public static Arbitrary<WalkStep[]> All { get; } = Arb.From(Gen.ArrayOf(Steps()), Shrink);

    /// <summary>Without one half or the other, without one step, with fewer commands at a time.</summary>
    public static IEnumerable<WalkStep[]> Shrink(WalkStep[] walk)
    {
        if (walk.Length > 1)
        {
            yield return walk[..(walk.Length / 2)];
            yield return walk[(walk.Length / 2)..];
        }

        for (int i = 0; i < walk.Length; i++)
        {
            yield return [.. walk[..i], .. walk[(i + 1)..]];
        }

        for (int i = 0; i < walk.Length; i++)
        {
            for (int order = 0; walk[i].Orders.Length > 1 && order < walk[i].Orders.Length; order++)
            {
                (string, string)[] fewer = [.. walk[i].Orders[..order], .. walk[i].Orders[(order + 1)..]];
                yield return [.. walk[..i], new WalkStep(walk[i].What, fewer), .. walk[(i + 1)..]];
            }
        }
    }

    private static Gen<WalkStep> Steps()
    {
        Gen<(string Name, string Command)> order = from name in Gen.Elements(s_names) from command in Gen.Elements(s_commands) select (name, command);
        Gen<WalkStep> alone = order.Select(static one => new WalkStep(WalkStep.Commands, one));
        Gen<WalkStep> together = Gen.ArrayOf(order, 3).Select(static many => new WalkStep(WalkStep.Commands, [.. many.DistinctBy(static one => one.Name)]));
        Gen<WalkStep> happening = Gen.Elements(s_happenings).Select(static what => new WalkStep(what));
        Gen<WalkStep> death = from what in Gen.Elements(s_deaths) from one in order select new WalkStep(what, one);
        return Gen.Frequency((6, alone), (3, together), (4, happening), (3, death));
    }
}
