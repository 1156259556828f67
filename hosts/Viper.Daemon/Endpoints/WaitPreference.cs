using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Viper.Daemon.Endpoints;

/// <summary>How long a caller wants an answer held: <c>Prefer: wait=30</c> (RFC 7240) or <c>?wait=ready&amp;timeout_seconds=30</c>.</summary>
/// <param name="Until">What is waited for: <c>ready</c> or <c>stopped</c>.</param>
/// <param name="Timeout">How long at most.</param>
/// <param name="Applied">The preference to confirm; null where the query asked.</param>
internal sealed record WaitPreference(string Until, TimeSpan Timeout, string? Applied)
{
    internal const int MaxSeconds = 3600;

    /// <summary>What the request asks for; null where it wants the answer at once.</summary>
    internal static WaitPreference? Read(HttpContext context, int defaultSeconds, IReadOnlyList<string> conditions)
    {
        string? until = RequestQuery.OneOf(context, "wait", conditions);
        int seconds = RequestQuery.Number(context, "timeout_seconds", defaultSeconds, 0, MaxSeconds);
        return until is not null ? new WaitPreference(until, TimeSpan.FromSeconds(seconds), null) : Preferred(context);
    }

    // A preference that is not understood is ignored, as RFC 7240 §2 has it.
    private static WaitPreference? Preferred(HttpContext context)
    {
        foreach (string preference in context.Request.Headers["Prefer"].SelectMany(h => (h ?? "").Split(',')))
        {
            string token = preference.Split(';')[0];
            int equals = token.IndexOf('=');
            if (equals > 0 && token[..equals].Trim().Equals("wait", StringComparison.OrdinalIgnoreCase) &&
                int.TryParse(token[(equals + 1)..].Trim().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
            {
                int held = Math.Min(seconds, MaxSeconds);
                return new WaitPreference("ready", TimeSpan.FromSeconds(held), $"wait={held}");
            }
        }

        return null;
    }
}
