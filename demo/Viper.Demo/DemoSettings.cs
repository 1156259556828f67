namespace Viper.Demo;

/// <summary>What the demo was asked to do, from the environment.</summary>
/// <param name="Programs">The folder of viperd and viper.</param>
/// <param name="Images">The folder of built images.</param>
/// <param name="Output">Where the screenshot and the timeline go.</param>
/// <param name="Url">The page to open; null for the bundled site.</param>
/// <param name="UsesHostNetwork">Whether to use the host's network instead of namespaces.</param>
internal sealed record DemoSettings(string Programs, string Images, string Output, Uri? Url, bool UsesHostNetwork)
{
    public static DemoSettings FromEnvironment()
    {
        string? network = Environment.GetEnvironmentVariable("VIPER_DEMO_NET");
        if (network is not (null or "" or "host" or "namespaces"))
        {
            throw new StageException($"VIPER_DEMO_NET is '{network}'; it can be 'namespaces' (the default) or 'host'.");
        }

        string? text = Environment.GetEnvironmentVariable("VIPER_DEMO_URL");
        Uri? url = null;
        if (!string.IsNullOrEmpty(text) && (!Uri.TryCreate(text, UriKind.Absolute, out url) || url.Scheme is not ("http" or "https")))
        {
            throw new StageException($"VIPER_DEMO_URL is '{text}'; it must be an http or https address.");
        }

        bool isHost = network == "host";
        if (isHost != url is not null)
        {
            throw new StageException("VIPER_DEMO_URL and VIPER_DEMO_NET=host go together: the bundled site lives in a namespace, other pages beyond it.");
        }

        string root = Environment.GetEnvironmentVariable("VIPER_DEMO_ROOT") ?? Environment.CurrentDirectory;
        return new DemoSettings(
            Path.Combine(root, "artifacts", "dist"),
            Path.Combine(root, "artifacts", "state", "images"),
            Path.Combine(root, "artifacts", "demo"),
            url,
            isHost);
    }
}
