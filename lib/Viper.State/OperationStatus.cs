namespace Viper.State;

/// <summary>How far a long request is.</summary>
public enum OperationStatus
{
    /// <summary>It goes on.</summary>
    Running,

    /// <summary>It did what was asked.</summary>
    Succeeded,

    /// <summary>It ended without doing what was asked.</summary>
    Failed,

    /// <summary>It was ended as asked.</summary>
    Cancelled,
}
