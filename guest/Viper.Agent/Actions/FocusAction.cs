using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>POST /focus</c>.</summary>
internal sealed class FocusAction(ActionRunner runner) : ElementAction(runner)
{
    /// <summary>A function of an element that gives it the focus.</summary>
    internal const string Script = "function () { this.focus(); }";

    protected override IReadOnlyList<string> Members { get; } = [];

    protected override void Check(ElementRequest body) => Needed(body.Target, "target");

    protected override async Task<string?> ActAsync(CdpPage page, PageElements? elements, ElementRequest body, CancellationToken cancellationToken) =>
        await elements!.ActAsync(
            new ElementNeeds(), (element, _, _) => element.CallAsync(Script, null, cancellationToken), cancellationToken);
}
