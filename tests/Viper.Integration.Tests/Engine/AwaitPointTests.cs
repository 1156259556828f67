namespace Viper.Integration.Tests.Engine;

/// <summary>A process that is to die at an await dies there, and nothing later has happened.</summary>
public sealed class AwaitPointTests
{
    private const string Method = "AwaitSample.RunAsync";

    [Fact]
    public async Task Sample_KilledAtEachOfItsAwaits_HasDoneWhatIsBeforeItAndNothingElse()
    {
        await using EngineStage stage = await EngineStage.SetAsync();
        string[] points = await stage.Engine.AskAsync("points sample");

        // Another thread may go on, even to the end, before the one that left the method is done with leaving it: but for the first time,
        // which is told before the method is left, that has no order among the others, and may come too late to be seen.
        string[] suspended = [.. points.Where(static point => point.Contains("/suspends/", StringComparison.Ordinal))];
        Assert.InRange(suspended.Length, 1, 4);
        Assert.Equal(Enumerable.Range(1, suspended.Length).Select(static step => $"{Method}/suspends/{step}"), suspended);
        Assert.Equal($"{Method}/suspends/1", points[0]);
        Assert.Equal([.. Enumerable.Range(1, 4).Select(static step => $"{Method}/resumes/{step}"), $"{Method}/ends/1"], points.Except(suspended));
        await stage.Engine.KillAsync();
        await stage.ReplaceAsync();

        // It tells of a step, is suspended, goes on, tells of the next.
        await AssertDoneAsync(stage, "suspends/1", 1);
        await AssertDoneAsync(stage, "resumes/1", 1);
        await AssertDoneAsync(stage, "resumes/2", 2);
        await AssertDoneAsync(stage, "resumes/3", 3);
        await AssertDoneAsync(stage, "resumes/4", 4);
        await AssertDoneAsync(stage, "ends/1", 4);
        await stage.Engine.CloseAsync();
    }

    private static async Task AssertDoneAsync(EngineStage stage, string place, int steps)
    {
        Assert.Null(await stage.Engine.TellAsync($"die {Method}/{place} sample"));
        Assert.Equal([.. Enumerable.Range(1, steps).Select(static step => $"step {step}"), $"dies {Method}/{place}"], await stage.ReplaceAsync());
    }
}
