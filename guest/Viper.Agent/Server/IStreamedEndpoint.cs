namespace Viper.Agent.Server;

/// <summary>Answers requests whose bodies, or answers, come piece by piece. Thread-safe.</summary>
internal interface IStreamedEndpoint
{
    /// <summary>Says whether a path is answered here.</summary>
    bool Owns(ReadOnlySpan<char> path);

    /// <summary>Answers; null when the connection was something else than HTTP and has ended.</summary>
    Task<AgentResponse?> AnswerAsync(StreamedRequest request);
}
