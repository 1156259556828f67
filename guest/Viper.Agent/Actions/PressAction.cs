using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>POST /press</c>.</summary>
internal sealed class PressAction(ActionRunner runner) : ElementAction(runner)
{
    protected override IReadOnlyList<string> Members { get; } = ["key"];

    protected override void Check(ElementRequest body) => Stroke(body);

    protected override async Task<string?> ActAsync(CdpPage page, PageElements? elements, ElementRequest body, CancellationToken cancellationToken)
    {
        var element = elements is null
            ? null
            : await elements.ActAsync(
                new ElementNeeds(), (found, _, _) => found.CallAsync(FocusAction.Script, null, cancellationToken), cancellationToken);
        await PageInput.PressAsync(page, Stroke(body), cancellationToken);
        return element;
    }

    private static KeyStroke Stroke(ElementRequest body) => KeyStroke.TryParse(Needed(body.Key, "key"), out var stroke)
        ? stroke
        : throw new FieldException("key", "format", $"'{body.Key}' is no key; such are Enter, Tab, ArrowDown, F5, a, Control+a.");
}
