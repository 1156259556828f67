namespace Viper.Contracts;

/// <summary>The states of an <see cref="Operation"/>, as spelled on the wire.</summary>
public static class OperationStatuses
{
    /// <summary>It goes on.</summary>
    public const string Running = "running";

    /// <summary>It did what was asked; see <see cref="Operation.Result"/>.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>It could not do what was asked; see <see cref="Operation.Error"/>.</summary>
    public const string Failed = "failed";

    /// <summary>Somebody ended it: by a cancel, or by a stop, restart or delete of its VM.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Running, Succeeded, Failed, Cancelled];
}
