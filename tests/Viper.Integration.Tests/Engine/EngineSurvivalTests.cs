using System.Diagnostics;
using System.Globalization;
using Viper.TestKit;

namespace Viper.Integration.Tests.Engine;

/// <summary>Many VMs outlive the engine that made them: the next one has them all as they were, and ends them all.</summary>
public sealed class EngineSurvivalTests
{
    private const int Callers = 16;

    [Fact]
    public async Task ManyOnTheStandIn_WhenTheEngineIsKilled_AreAdoptedAndDeleted()
    {
        int count = SoakReport.Count(ci: 200, soak: 1000);
        await using EngineStage stage = await EngineStage.SetAsync(isLarge: true);
        (double created, double adopted, double deleted) = await SurviveAsync(stage, count);

        // In the midst of creating: what was ready stays, what was under way is whole or gone.
        await stage.ReplaceAsync();
        Assert.Null(await stage.Engine.TellAsync($"die VmEngine.CreateAsync/ends/{count / 10} many w {count / 5} {Callers}"));
        await stage.ReplaceAsync();
        await stage.CheckAsync("after a death amid creates");
        await stage.Engine.AskAsync($"empty {Callers}");
        await stage.CheckAsync("after all were deleted");
        await stage.Engine.CloseAsync();
        SoakReport.Write("engine-survival", ("vms", count), ("create_s", created), ("adopt_s", adopted), ("delete_s", deleted));
    }

    [Fact]
    public async Task RealOnes_WhenTheEngineIsKilled_AreAdoptedAndDeleted()
    {
        int count = SoakReport.Count(ci: 5, soak: 50);
        await using EngineStage stage = await EngineStage.SetRealAsync();
        (double created, double adopted, double deleted) = await SurviveAsync(stage, count);
        SoakReport.Write("engine-survival-qemu", ("vms", count), ("create_s", created), ("adopt_s", adopted), ("delete_s", deleted));
    }

    /// <summary>Creates, lists, restarts under them, adopts, uses and deletes; tells how many seconds creating, adopting and deleting took.</summary>
    private static async Task<(double Created, double Adopted, double Deleted)> SurviveAsync(EngineStage stage, int count)
    {
        long began = Stopwatch.GetTimestamp();
        await stage.Engine.AskAsync($"many v {count} {Callers}");
        double created = Lap(ref began);
        string[] before = await stage.Engine.AskAsync("list");
        Assert.Equal(count, before.Count(static vm => vm.Split('=')[1] == "running"));
        await stage.CheckAsync("after all were created");

        await stage.Engine.KillAsync();
        Lap(ref began);
        await stage.ReplaceAsync();
        double adopted = Lap(ref began);
        Assert.Equal(before, await stage.Engine.AskAsync("list"));
        await stage.CheckAsync("after all were adopted");

        // They are the new engine's to command.
        foreach (string name in before.Take(Callers).Select(static vm => vm.Split('=')[0]))
        {
            await stage.Engine.AskAsync($"pause {name}");
            await stage.Engine.AskAsync($"resume {name}");
        }

        Lap(ref began);
        await stage.Engine.AskAsync($"empty {Callers}");
        double deleted = Lap(ref began);
        Assert.Empty(await stage.Engine.AskAsync("list"));
        await stage.CheckAsync("after all were deleted");
        await stage.Engine.CloseAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{count} VMs created in {created:0.0} s, adopted in {adopted:0.0} s, deleted in {deleted:0.0} s"));
        return (created, adopted, deleted);
    }

    private static double Lap(ref long began)
    {
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        began = Stopwatch.GetTimestamp();
        return seconds;
    }
}
