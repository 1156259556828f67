namespace Viper.Hypervisor;

/// <summary>A serial port or a console.</summary>
/// <remarks>The modes File and Socket without their path crash the VMM, so make them with <see cref="ToSocket"/>.</remarks>
public sealed record ConsoleConfig
{
    /// <summary>Where it leads.</summary>
    public required ConsoleMode Mode { get; init; }

    /// <summary>The path of the file, for <see cref="ConsoleMode.File"/>.</summary>
    public string? File { get; init; }

    /// <summary>The path of the socket, for <see cref="ConsoleMode.Socket"/>.</summary>
    public string? Socket { get; init; }

    /// <summary>A console that leads nowhere.</summary>
    public static ConsoleConfig Off { get; } = new() { Mode = ConsoleMode.Off };

    /// <summary>A console on a unix socket that the VMM listens on.</summary>
    public static ConsoleConfig ToSocket(string path) => new() { Mode = ConsoleMode.Socket, Socket = path };
}
