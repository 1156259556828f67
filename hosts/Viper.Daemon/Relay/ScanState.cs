namespace Viper.Daemon.Relay;

/// <summary>What a <see cref="CommandScan"/> knows of a message.</summary>
internal enum ScanState
{
    /// <summary>An object, of which more is to come.</summary>
    Open,

    /// <summary>An object to its end.</summary>
    Whole,

    /// <summary>No object, so no command.</summary>
    NoCommand,

    /// <summary>Something that is not JSON or names two methods, which another reader might take for another command.</summary>
    Unreadable,
}
