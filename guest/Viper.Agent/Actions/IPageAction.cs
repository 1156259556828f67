using Viper.Agent.Server;

namespace Viper.Agent.Actions;

/// <summary>Something that is done to a page: <c>/verb</c> to the active one, <c>/pages/{id}/verb</c> to another.</summary>
internal interface IPageAction
{
    /// <summary>Gets the methods, as the header Allow has them.</summary>
    string Methods { get; }

    Task<AgentResponse> AnswerAsync(PageCall call);
}
