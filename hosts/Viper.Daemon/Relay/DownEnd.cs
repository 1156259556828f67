namespace Viper.Daemon.Relay;

/// <summary>How the bytes from an agent to a caller came to their end.</summary>
internal enum DownEnd
{
    /// <summary>After a whole frame: a close frame can follow.</summary>
    WholeFrames,

    /// <summary>Inside a frame.</summary>
    MidFrame,

    /// <summary>The caller did not take what it was sent.</summary>
    NotTaken,
}
