namespace Viper.Cli.Commands;

/// <summary>What the agent's <c>POST /navigate</c> takes.</summary>
/// <param name="Url">The page.</param>
/// <param name="WaitUntil">What to wait for: <c>load</c> or <c>networkidle</c>.</param>
/// <param name="TimeoutMs">How long at most, in milliseconds.</param>
internal sealed record NavigateRequest(string Url, string WaitUntil, int TimeoutMs);
