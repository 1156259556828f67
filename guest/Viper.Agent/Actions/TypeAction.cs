using System.Text.Json;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>POST /type</c>, key by key after what is there, and <c>/fill</c>, at once in its place.</summary>
/// <param name="runner">Runs it.</param>
/// <param name="replaces">Whether the text takes the place of what is there.</param>
internal sealed class TypeAction(ActionRunner runner, bool replaces) : ElementAction(runner)
{
    protected override IReadOnlyList<string> Members { get; } = ["text", "submit"];

    protected override void Check(ElementRequest body)
    {
        Needed(body.Text, "text");
        if (replaces)
        {
            Needed(body.Target, "target");
        }
    }

    protected override async Task<string?> ActAsync(CdpPage page, PageElements? elements, ElementRequest body, CancellationToken cancellationToken)
    {
        string? element = null;
        if (elements is null)
        {
            await PageInput.TypeAsync(page, body.Text!, cancellationToken);
        }
        else
        {
            // An input without a field for text, such as a date, is filled all the same.
            element = await elements.ActAsync(
                new ElementNeeds(Enabled: true, Editable: true), (field, _, _) => EnterAsync(page, field, body.Text!, cancellationToken), cancellationToken);
        }

        if (body.Submit == true)
        {
            await PageInput.PressAsync(page, KeyStroke.Enter, cancellationToken);
        }

        return element;
    }

    private async Task EnterAsync(CdpPage page, CdpObject field, string text, CancellationToken cancellationToken)
    {
        if (!replaces)
        {
            await field.CallAsync(PageScripts.End, null, cancellationToken);
            await PageInput.TypeAsync(page, text, cancellationToken);
            return;
        }

        var told = await field.CallAsync(PageScripts.Fill, writer => writer.WriteStringValue(text), cancellationToken);
        if (told.ValueKind == JsonValueKind.String)
        {
            throw new ActionException(422, "validation_failed", $"'{text}' was not filled in: {told.GetString()}.");
        }

        if (told.ValueKind == JsonValueKind.False)
        {
            // An empty text put in deletes nothing.
            await (text.Length > 0
                ? PageInput.InsertAsync(page, text, cancellationToken)
                : PageInput.PressAsync(page, KeyStroke.Delete, cancellationToken));
        }
    }
}
