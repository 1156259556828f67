using Viper.Stage;

namespace Viper.Demo;

/// <summary>What the demo was asked to do, from the environment.</summary>
/// <param name="Stage">Where the programs and images are, and on which network.</param>
/// <param name="Output">Where the screenshot and the timeline go.</param>
/// <param name="Url">The page to open.</param>
internal sealed record DemoSettings(StageOptions Stage, string Output, Uri Url)
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
            throw new StageException("VIPER_DEMO_URL and VIPER_DEMO_NET=host go together: the bundled site lives in a namespace, every other page beyond it.");
        }

        StageOptions stage = StageOptions.ForTree(AppContext.BaseDirectory) with { UsesHostNetwork = isHost };
        return new DemoSettings(stage, Path.GetFullPath(Path.Combine(stage.Programs, "..", "demo")), url ?? WorldServer.Address);
    }
}
