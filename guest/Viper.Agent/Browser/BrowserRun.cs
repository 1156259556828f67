using System.Net;

namespace Viper.Agent.Browser;

/// <summary>One Chrome that has answered: where, as what, and the task that ends with it.</summary>
internal sealed record BrowserRun
{
    internal required IPEndPoint Endpoint { get; init; }

    /// <summary>Gets the id in <c>/devtools/browser/{id}</c>; every Chrome has a new one.</summary>
    internal required string BrowserId { get; init; }

    internal required string Product { get; init; }

    internal required int Pid { get; init; }

    internal required Task<ChromeExit> Exited { get; init; }
}
