using System.Text.Json;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary><c>POST /select</c>.</summary>
internal sealed class SelectAction(ActionRunner runner) : ElementAction(runner)
{
    protected override IReadOnlyList<string> Members { get; } = ["values"];

    protected override void Check(ElementRequest body)
    {
        Needed(body.Target, "target");
        if (body.Values is null)
        {
            throw new FieldException("values", "required", "values is missing.");
        }
    }

    protected override async Task<string?> ActAsync(CdpPage page, PageElements? elements, ElementRequest body, CancellationToken cancellationToken) =>
        await elements!.ActAsync(
            new ElementNeeds(Enabled: true),
            async (element, _, _) =>
            {
                var told = await element.CallAsync(
                    PageScripts.Select,
                    writer =>
                    {
                        writer.WriteStartArray();
                        foreach (var value in body.Values!)
                        {
                            writer.WriteStringValue(value);
                        }

                        writer.WriteEndArray();
                    },
                    cancellationToken);
                if (told.ValueKind == JsonValueKind.String)
                {
                    throw new ActionException(422, "validation_failed", $"Nothing was selected in '{body.Target}': {told.GetString()}.");
                }
            },
            cancellationToken);
}
