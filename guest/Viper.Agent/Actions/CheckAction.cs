using System.Text.Json;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>POST /check</c>: a box or radio button is clicked unless it is as wanted.</summary>
internal sealed class CheckAction(ActionRunner runner) : ElementAction(runner)
{
    protected override IReadOnlyList<string> Members { get; } = ["checked"];

    protected override void Check(ElementRequest body) => Needed(body.Target, "target");

    protected override async Task<string?> ActAsync(CdpPage page, PageElements? elements, ElementRequest body, CancellationToken cancellationToken)
    {
        var wanted = body.Checked ?? true;
        return await elements!.ActAsync(
            new ElementNeeds(Enabled: true, Hit: true),
            async (element, x, y) =>
            {
                if (await IsCheckedAsync(element, body, cancellationToken) == wanted)
                {
                    return;
                }

                await PageInput.ClickAsync(page, x, y, MouseButton.Left, 1, 0, cancellationToken);
                if (await IsCheckedAsync(element, body, cancellationToken) != wanted)
                {
                    throw new ActionException(422, "validation_failed", $"'{body.Target}' was clicked and did not change.");
                }
            },
            cancellationToken);
    }

    private static async Task<bool> IsCheckedAsync(CdpObject element, ElementRequest body, CancellationToken cancellationToken)
    {
        var told = await element.CallAsync(PageScripts.Checked, null, cancellationToken);
        return told.ValueKind == JsonValueKind.String
            ? throw new ActionException(422, "validation_failed", $"'{body.Target}' cannot be checked: {told.GetString()}.")
            : told.ValueKind == JsonValueKind.True;
    }
}
