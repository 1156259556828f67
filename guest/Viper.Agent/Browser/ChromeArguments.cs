using System.Globalization;
using Viper.Contracts.Agent;

namespace Viper.Agent.Browser;

/// <summary>Chrome's command line and environment.</summary>
internal static class ChromeArguments
{
    private const int DefaultWidth = 1280;
    private const int DefaultHeight = 800;
    private const int MaxSide = 16384;

    // What the host may not add: it would remove the sandbox, or open or move the DevTools address.
    private static readonly string[] s_refused =
    [
        "--no-sandbox",
        "--disable-setuid-sandbox",
        "--disable-namespace-sandbox",
        "--disable-seccomp-filter-sandbox",
        "--no-zygote",
        "--single-process",
        "--remote-debugging-",
        "--remote-allow-origins",
        "--user-data-dir",
        "--browser-subprocess-path",
        "--renderer-cmd-prefix",
        "--utility-cmd-prefix",
        "--gpu-launcher",
    ];

    internal static List<string> Build(BrowserOptions options, AgentConfig? config)
    {
        List<string> arguments =
        [
            "--headless",
            string.Create(CultureInfo.InvariantCulture, $"--remote-debugging-port={options.Port}"),
            $"--user-data-dir={options.Home}/profile",
            "--no-first-run",
            "--no-default-browser-check",
            "--no-pings",
            "--disable-background-networking",
            "--disable-breakpad",
            "--disable-client-side-phishing-detection",
            "--disable-component-update",
            "--disable-default-apps",
            "--disable-domain-reliability",
            "--disable-sync",
            "--disable-features=DialMediaRouteProvider,MediaRouter,OptimizationHints,Translate",
            "--metrics-recording-only",
            "--hide-scrollbars",
            "--mute-audio",
            "--password-store=basic",
            // The guest has no GPU; without this, Chrome looks for one at its start.
            "--disable-gpu",
            WindowSize(config?.Viewport),
        ];

        if (config?.Viewport?.DeviceScaleFactor is > 0 and <= 8 and var scale)
        {
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--force-device-scale-factor={scale}"));
        }

        if (config?.UserAgent is { Length: > 0 } userAgent)
        {
            arguments.Add($"--user-agent={userAgent}");
        }

        if (config?.Locale is { Length: > 0 } locale)
        {
            arguments.Add($"--lang={locale}");
        }

        foreach (var argument in config?.ChromeArgs ?? [])
        {
            if (IsAllowed(argument))
            {
                arguments.Add(argument);
            }
        }

        // Last, and only as an address: a value that begins with a dash would be one more option.
        if (config?.StartUrl is { Length: > 0 } url && url[0] != '-')
        {
            arguments.Add(url);
        }

        return arguments;
    }

    /// <summary>Gets the environment; nothing of the agent's own is passed on.</summary>
    internal static List<string> Environment(BrowserOptions options) =>
    [
        $"HOME={options.Home}",
        "PATH=/usr/local/bin:/usr/bin:/bin",
        "LANG=C.UTF-8",
        "TMPDIR=/tmp",
        $"XDG_CONFIG_HOME={options.Home}/.config",
        $"XDG_CACHE_HOME={options.Home}/.cache",
    ];

    /// <summary>Says whether the host may add an argument: an option, and none of those that weaken the guest.</summary>
    internal static bool IsAllowed(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal)
        && argument.Length > 2
        && !argument.Contains('\0')
        && !Array.Exists(s_refused, refused => argument.StartsWith(refused, StringComparison.OrdinalIgnoreCase));

    private static string WindowSize(AgentViewport? viewport)
    {
        var width = viewport is { Width: > 0 and <= MaxSide } ? viewport.Width : DefaultWidth;
        var height = viewport is { Height: > 0 and <= MaxSide } ? viewport.Height : DefaultHeight;
        return string.Create(CultureInfo.InvariantCulture, $"--window-size={width},{height}");
    }
}
