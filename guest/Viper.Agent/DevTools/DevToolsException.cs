namespace Viper.Agent.DevTools;

/// <summary>Chrome's DevTools address answered with something else than was asked for.</summary>
internal sealed class DevToolsException : Exception
{
    internal DevToolsException(string message, int? status = null)
        : base(message) => Status = status;

    /// <summary>Gets the HTTP status that Chrome answered; null when the answer could not be understood.</summary>
    internal int? Status { get; }
}
