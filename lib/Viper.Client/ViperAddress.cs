namespace Viper.Client;

/// <summary>Where a daemon listens: a unix socket or an HTTP address.</summary>
public sealed record ViperAddress
{
    private const string UnixPrefix = "unix:";

    private ViperAddress(string? socketPath, Uri baseUri)
    {
        SocketPath = socketPath;
        BaseUri = baseUri;
    }

    /// <summary>The path of the unix socket; null for HTTP.</summary>
    public string? SocketPath { get; }

    /// <summary>The base of every request's address; with a unix socket its host is <c>localhost</c> and means nothing.</summary>
    public Uri BaseUri { get; }

    /// <summary>Reads <c>unix:PATH</c> or <c>http(s)://HOST[:PORT]</c>.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static ViperAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            string path = text[UnixPrefix.Length..];
            return path.Length > 0 ? new ViperAddress(Path.GetFullPath(path), new Uri("http://localhost/")) : throw Malformed(text);
        }

        return Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0
            ? new ViperAddress(null, uri)
            : throw Malformed(text);
    }

    /// <summary>The address of a daemon that was told nothing: <c>VIPER_API_BASE</c>, else the first socket in the run directories that the caller may use, else <c>http://127.0.0.1:7777</c>.</summary>
    /// <param name="environment">Looks up a variable of the environment.</param>
    /// <exception cref="FormatException">The variable holds neither form of address.</exception>
    public static ViperAddress FromEnvironment(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (environment("VIPER_API_BASE") is { Length: > 0 } given)
        {
            return Parse(given);
        }

        string? socket = RunDirectories(environment).Select(d => Path.Combine(d, "viper.sock")).FirstOrDefault(MayUse);
        return Parse(socket is null ? "http://127.0.0.1:7777" : UnixPrefix + socket);
    }

    /// <summary>The address as it is written.</summary>
    public override string ToString() => SocketPath is not null ? UnixPrefix + SocketPath : BaseUri.GetLeftPart(UriPartial.Authority);

    // Opening a socket as a file always fails, but with another error where the mode forbids it (open(2): EACCES before ENXIO).
    private static bool MayUse(string socket)
    {
        if (!File.Exists(socket))
        {
            return false;
        }

        try
        {
            using FileStream file = new(socket, FileMode.Open, FileAccess.Write);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e is IOException;
        }
    }

    private static IEnumerable<string> RunDirectories(Func<string, string?> environment)
    {
        if (environment("VIPER_RUNTIME_DIR") is { Length: > 0 } given)
        {
            yield return given;
            yield break;
        }

        yield return "/run/viper";
        if (environment("XDG_RUNTIME_DIR") is { Length: > 0 } user)
        {
            yield return Path.Combine(user, "viper");
        }

        string? state = environment("VIPER_STATE_DIR");
        yield return Path.Combine(string.IsNullOrEmpty(state) ? "/var/lib/viper" : state, "run");
        if (environment("HOME") is { Length: > 0 } home)
        {
            yield return Path.Combine(home, ".viper", "run");
        }
    }

    private static FormatException Malformed(string text) => new($"'{text}' is not the address of a daemon: unix:PATH or http://HOST:PORT.");
}
