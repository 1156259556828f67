using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>POST /click</c> and <c>/hover</c>.</summary>
/// <param name="runner">Runs it.</param>
/// <param name="clicks">Whether the button is pressed.</param>
internal sealed class PointerAction(ActionRunner runner, bool clicks) : ElementAction(runner)
{
    protected override IReadOnlyList<string> Members { get; } = clicks ? ["x", "y", "button", "double_click", "modifiers"] : ["x", "y"];

    protected override void Check(ElementRequest body)
    {
        if (body.X is null != body.Y is null)
        {
            throw new FieldException(body.X is null ? "x" : "y", "required", "A place has both x and y.");
        }

        if (body.Target is null == body.X is null)
        {
            throw new FieldException("target", body.Target is null ? "required" : "format", "Either target or x and y are given.");
        }
    }

    protected override async Task<string?> ActAsync(CdpPage page, PageElements? elements, ElementRequest body, CancellationToken cancellationToken)
    {
        if (elements is null)
        {
            await PointAsync(page, body, body.X!.Value, body.Y!.Value, cancellationToken);
            return null;
        }

        return await elements.ActAsync(
            new ElementNeeds(Enabled: clicks, Hit: true), (_, x, y) => PointAsync(page, body, x, y, cancellationToken), cancellationToken);
    }

    private Task PointAsync(CdpPage page, ElementRequest body, double x, double y, CancellationToken cancellationToken) => clicks
        ? PageInput.ClickAsync(
            page, x, y, body.Button ?? MouseButton.Left, body.DoubleClick == true ? 2 : 1, PageInput.Bits(body.Modifiers), cancellationToken)
        : PageInput.MoveAsync(page, x, y, cancellationToken);
}
