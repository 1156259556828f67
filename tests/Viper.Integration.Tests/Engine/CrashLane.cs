using System.Globalization;

namespace Viper.Integration.Tests.Engine;

/// <summary>One engine after another on one stage: each is killed at a point within a command, and the next one must find every VM whole or gone.</summary>
internal sealed class CrashLane(EngineStage stage, string prefix) : IAsyncDisposable
{
    /// <summary>How often a place is tried that was recorded and is not come by: whether an await has to wait is a matter of moments.</summary>
    private const int Attempts = 3;
    private int _number;

    /// <summary>The await points that a command comes by, on an engine that has done nothing else.</summary>
    public async Task<IReadOnlyList<CrashPoint>> RecordAsync(string command)
    {
        string name = await PrepareAsync(command);
        await stage.Engine.KillAsync();
        await stage.ReplaceAsync();
        string[] points = await stage.Engine.AskAsync($"points {command} {name}");
        await EmptyAsync();
        return [.. points.Select(point => new CrashPoint(command, point))];
    }

    /// <summary>Dies at an await; false where the command does not come by it.</summary>
    public async Task<bool> DieAtAwaitAsync(CrashPoint point)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            string name = await PrepareAsync(point.Command);
            if (await stage.Engine.TellAsync($"die {point.Name} {point.Command} {name}") is null)
            {
                IReadOnlyList<string> told = await RecoverAsync(point);
                Assert.True(told.Contains($"dies {point.Name}"), $"It did not die at {point}, it said: {string.Join('|', told)}");
                return true;
            }

            await EmptyAsync();
        }

        return false;
    }

    /// <summary>Dies at the N-th call of a system function; false where the command does not call it so often.</summary>
    public async Task<bool> DieAtCallAsync(CrashPoint point, string call, int occurrence)
    {
        string name = await PrepareAsync(point.Command);
        bool isOver;
        await using (await Killer.AttachAsync(stage.Engine.Pid, call, occurrence))
        {
            isOver = await stage.Engine.TellAsync($"{point.Command} {name}") is null;
        }

        // Until the killer let go of it, it may also have come so far after its answer.
        if (isOver || await stage.Engine.TellAsync("list") is null)
        {
            isOver = true;
            await RecoverAsync(point);
        }
        else
        {
            await EmptyAsync();
        }

        return isOver;
    }

    /// <summary>Has the last engine end in order.</summary>
    public Task CloseAsync() => stage.Engine.CloseAsync();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    private async Task<string> PrepareAsync(string command)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{++_number}");
        if (command != "create")
        {
            await stage.Engine.AskAsync($"create {name}");
        }

        if (command == "start")
        {
            await stage.Engine.AskAsync($"stop {name}");
        }
        else if (command == "resume")
        {
            await stage.Engine.AskAsync($"pause {name}");
        }

        return name;
    }

    private async Task<IReadOnlyList<string>> RecoverAsync(CrashPoint point)
    {
        IReadOnlyList<string> told = await stage.ReplaceAsync();
        await stage.CheckAsync(point.ToString());
        await EmptyAsync();
        await stage.CheckAsync($"afterwards, {point}");
        return told;
    }

    private async Task EmptyAsync()
    {
        foreach (string vm in await stage.Engine.AskAsync("list"))
        {
            await stage.Engine.AskAsync($"delete {vm.Split('=')[0]}");
        }
    }
}
