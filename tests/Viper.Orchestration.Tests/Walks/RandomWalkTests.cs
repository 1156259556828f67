using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Viper.TestKit;

namespace Viper.Orchestration.Tests.Walks;

/// <summary>Random lives of four VMs: commands, one and several at a time, deaths of VMMs and of the engine, clocks that jump, time that passes.</summary>
public sealed class RandomWalkTests
{
    /// <summary>Set to what a failed run printed, it makes the same walks again.</summary>
    private const string Replay = "VIPER_WALK_SEED";

    [Fact]
    public void Engine_OnRandomWalks_AgreesWithTheModel()
    {
        ulong seed = Environment.GetEnvironmentVariable(Replay) is { Length: > 0 } given
            ? ulong.Parse(given, CultureInfo.InvariantCulture)
            : (ulong)Random.Shared.NextInt64();
        TestContext.Current.TestOutputHelper?.WriteLine($"{Replay}={seed}");
        int steps = 0;
        int walks = SoakReport.Count(ci: 200, soak: 4000);
        long began = Stopwatch.GetTimestamp();
        Prop.ForAll(RandomWalks.All, walk =>
        {
            Interlocked.Add(ref steps, walk.Length);
            RunAsync(walk).GetAwaiter().GetResult();
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(walks).WithEndSize(60).WithReplay(seed, 1));
        TestContext.Current.TestOutputHelper?.WriteLine($"{walks} walks, {steps} steps");
        SoakReport.Write("engine-walks", ("walks", walks), ("steps", steps), ("seconds", Stopwatch.GetElapsedTime(began).TotalSeconds));
    }

    [Fact]
    public void Shrink_OfAWalkThatFails_ComesToTheStepsThatMatter()
    {
        WalkStep death = new(WalkStep.Death);
        WalkStep pause = new(WalkStep.Commands, ("idle", "pause"));
        WalkStep both = new(WalkStep.Commands, ("plain", "create"), ("idle", "pause"));
        WalkStep[] walk = [new(WalkStep.FiveMinutes), both, new(WalkStep.HourBack), new(WalkStep.TenMinutes), death, new(WalkStep.FiveMinutes)];

        while (RandomWalks.Shrink(walk).FirstOrDefault(IsBad) is { } smaller)
        {
            walk = smaller;
        }

        Assert.Equal($"{pause} {death}", string.Join(' ', walk.AsEnumerable()));

        static bool IsBad(WalkStep[] walk) =>
            walk.SkipWhile(static step => !step.Orders.Contains(("idle", "pause"))).Any(static step => step.What == WalkStep.Death);
    }

    private static async Task RunAsync(WalkStep[] steps)
    {
        await using MortalEngine engine = await MortalEngine.OpenAsync();
        Walk walk = new(engine);
        foreach (WalkStep step in steps)
        {
            await walk.StepAsync(step);
        }

        await walk.EndAsync();
    }
}
