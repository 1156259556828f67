namespace Viper.Agent.Http;

/// <summary>What one message may cost.</summary>
internal static class HttpLimits
{
    /// <summary>The first line and all headers, with their line ends.</summary>
    internal const int HeadBytes = 16 * 1024;

    internal const int Headers = 100;

    internal const int BodyBytes = 64 * 1024 * 1024;

    /// <summary>A body that is written as it comes: a file, an archive, what a program reads.</summary>
    internal const long StreamBytes = 16L * 1024 * 1024 * 1024;

    /// <summary>The line before a chunk, extensions included; longer ones serve no purpose.</summary>
    internal const int ChunkLineBytes = 256;
}
