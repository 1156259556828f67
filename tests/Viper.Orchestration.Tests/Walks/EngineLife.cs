namespace Viper.Orchestration.Tests.Walks;

/// <summary>The life of one engine within a test: once it is over, nothing that the engine does reaches anything, as if its process had been killed.</summary>
/// <remarks>Its calls then wait until it is buried, at the end of the test, and fail. Thread-safe.</remarks>
internal sealed class EngineLife
{
    private readonly TaskCompletionSource _buried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _deathAt;
    private volatile bool _isOver;

    public bool IsOver => _isOver;

    /// <summary>Ends when the engine has come to the place where it is to die, and waits there.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Ends when the dead engine may be put away.</summary>
    public Task Buried => _buried.Task;

    /// <summary>Has the engine come no further than the given place.</summary>
    public void StopAt(string place) => _deathAt = place;

    public void End() => _isOver = true;

    public void Bury() => _buried.TrySetResult();

    /// <summary>Goes by a place; a dead engine, and one that is to die there, does not.</summary>
    public async Task PassAsync(string place)
    {
        if (place == _deathAt)
        {
            _reached.TrySetResult();
        }
        else if (!_isOver)
        {
            return;
        }

        await _buried.Task;
        throw Dead();
    }

    /// <summary>The same where nobody can wait.</summary>
    public void Pass()
    {
        if (_isOver)
        {
            throw Dead();
        }
    }

    private static IOException Dead() => new("The engine is dead.");
}
