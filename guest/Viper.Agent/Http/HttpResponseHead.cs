namespace Viper.Agent.Http;

/// <summary>The head of an answer.</summary>
internal sealed class HttpResponseHead : HttpHead
{
    internal required int Status { get; init; }
}
