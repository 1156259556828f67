namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>A request as the VMM's HTTP server hands it on.</summary>
/// <param name="Method">GET, PUT or PATCH.</param>
/// <param name="Target">The path, without scheme and host.</param>
/// <param name="Body">The body; null when there was none.</param>
internal sealed record MicroHttpRequest(string Method, string Target, byte[]? Body)
{
    private const string Root = "/api/v1/";

    /// <summary>The name of the operation, such as vm.boot; null outside the API.</summary>
    public string? Operation => Target.StartsWith(Root, StringComparison.Ordinal) ? Target[Root.Length..] : null;
}
