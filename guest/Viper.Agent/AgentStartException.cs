namespace Viper.Agent;

/// <summary>The agent cannot start; the message goes to the console and PID 1 tries again.</summary>
internal sealed class AgentStartException : Exception
{
    internal AgentStartException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
