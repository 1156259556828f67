using System.Text.Json;

namespace Viper.Cdp.Internal;

/// <summary>A command that waits for its answer.</summary>
internal sealed class PendingCall : TaskCompletionSource<JsonElement>
{
    internal PendingCall(string method, string? sessionId)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        Method = method;
        SessionId = sessionId;
    }

    internal string Method { get; }

    internal string? SessionId { get; }
}
