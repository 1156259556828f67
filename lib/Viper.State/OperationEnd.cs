namespace Viper.State;

/// <summary>How a long request ends; the times come from the store.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">How it ends; not <see cref="OperationStatus.Running"/>.</param>
public sealed record OperationEnd(string Id, OperationStatus Status)
{
    /// <summary>Gets how far it came, as JSON; null leaves what was said last.</summary>
    public string? ProgressJson { get; init; }

    /// <summary>Gets what came of it, as JSON.</summary>
    public string? ResultJson { get; init; }

    /// <summary>Gets why it failed or was cancelled, as JSON.</summary>
    public string? ErrorJson { get; init; }
}
