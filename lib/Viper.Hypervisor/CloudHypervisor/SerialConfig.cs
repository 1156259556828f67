namespace Viper.Hypervisor;

/// <summary>A serial port.</summary>
/// <remarks>The modes File and Socket without their path crash the VMM, so the client refuses them.</remarks>
public sealed record SerialConfig
{
    /// <summary>Where it leads.</summary>
    public required ConsoleMode Mode { get; init; }

    /// <summary>The path of the file, for <see cref="ConsoleMode.File"/>.</summary>
    public string? File { get; init; }

    /// <summary>The path of the socket, for <see cref="ConsoleMode.Socket"/>.</summary>
    public string? Socket { get; init; }

    /// <summary>A serial port that leads nowhere.</summary>
    public static SerialConfig Off { get; } = new() { Mode = ConsoleMode.Off };

    /// <summary>A serial port on a unix socket that the VMM listens on.</summary>
    public static SerialConfig ToSocket(string path) => new() { Mode = ConsoleMode.Socket, Socket = path };
}
