namespace Viper.Cdp;

/// <summary>How a Chrome is launched.</summary>
public sealed record CdpChromeOptions
{
    /// <summary>Gets the program: a path, or a name on PATH.</summary>
    public string Executable { get; init; } = "chromium-headless-shell";

    /// <summary>Gets further arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>
    /// Gets a program and its arguments that start Chrome, whose command line follows theirs: to become another user, for
    /// example. Chrome refuses to be root without <c>--no-sandbox</c>.
    /// </summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    /// <summary>Gets the folder of the profile; null for a temporary one that is deleted at the end.</summary>
    public string? UserDataDirectory { get; init; }

    /// <summary>Gets a value indicating whether Chrome listens on a loopback port instead of speaking over a pipe alone.</summary>
    public bool UsesPort { get; init; }

    /// <summary>Gets how the connection works.</summary>
    public CdpConnectionOptions Connection { get; init; } = CdpConnectionOptions.Default;

    /// <summary>Gets how long Chrome may take to be ready; 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
