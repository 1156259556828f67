using System.Globalization;
using System.Text.Json;
using Viper.Cdp;

namespace Viper.Agent.Actions;

/// <summary>Finds the element that a target names, and waits until a person could act on it.</summary>
/// <param name="page">The page.</param>
/// <param name="target">The target.</param>
/// <param name="deadline">Ends the waiting for the element.</param>
internal sealed class PageElements(CdpPage page, string target, CancellationToken deadline)
{
    private const int DocumentGone = -32000;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);
    private static readonly CdpScriptOptions s_world = new() { IsolatedWorld = PageScripts.World };

    private string _last = "it was not looked for";

    /// <summary>Waits for the element and does something with it as soon as it is ready; an element that goes meanwhile is looked for again.</summary>
    /// <param name="needs">What it has to be.</param>
    /// <param name="act">What is done with it; not done again once it has begun.</param>
    /// <param name="cancellationToken">Ends all of it, a little after the deadline: even the shortest has time for one look, whose finding is told.</param>
    /// <returns>What was acted on.</returns>
    /// <exception cref="ActionException">It did not become ready in time.</exception>
    internal async Task<string> ActAsync(ElementNeeds needs, Func<CdpObject, double, double, Task> act, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (await TryFindAsync(cancellationToken) is { } found)
                {
                    await using (found)
                    {
                        if (await TryReadyAsync(found, needs, cancellationToken) is { } ready)
                        {
                            await act(found, ready.X, ready.Y);
                            return ready.Element;
                        }
                    }
                }

                await Task.Delay(s_pause, deadline);
            }
        }
        catch (OperationCanceledException error) when (deadline.IsCancellationRequested)
        {
            throw new ActionException(504, "action_timeout", $"'{target}' could not be acted on in time: {_last}.", error);
        }
    }

    private async Task<CdpObject?> TryFindAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (found, value) = await page.HoldAsync(PageScripts.Call(PageScripts.Find, target), s_world, cancellationToken);
            if (value.ValueKind == JsonValueKind.String)
            {
                throw new ActionException(422, "invalid_selector", value.GetString()!);
            }

            _last = "the page has no such element";
            return found;
        }
        catch (CdpProtocolException error) when (error.Code == DocumentGone)
        {
            _last = "the page went to another document";
            return null;
        }
    }

    private async Task<(string Element, double X, double Y)?> TryReadyAsync(CdpObject element, ElementNeeds needs, CancellationToken cancellationToken)
    {
        JsonElement told;
        try
        {
            told = await element.CallAsync(
                PageScripts.Ready,
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteBoolean("enabled"u8, needs.Enabled);
                    writer.WriteBoolean("editable"u8, needs.Editable);
                    writer.WriteBoolean("hit"u8, needs.Hit);
                    writer.WriteEndObject();
                },
                cancellationToken);
        }
        catch (CdpProtocolException error) when (error.Code == DocumentGone)
        {
            _last = "the page went to another document";
            return null;
        }

        var name = told.GetProperty("element"u8).GetString() ?? string.Empty;
        var state = told.GetProperty("state"u8).GetString();
        if (state == "ready")
        {
            return (name, told.GetProperty("x"u8).GetDouble(), told.GetProperty("y"u8).GetDouble());
        }

        _last = state switch
        {
            "hidden" => $"{name} is not visible",
            "moving" => $"{name} does not come to rest",
            "disabled" => $"{name} is disabled",
            "readonly" => $"{name} is read-only",
            "not_editable" => $"{name} takes no text",
            "outside" => $"{name} is outside the window and cannot be scrolled into it",
            "covered" => string.Create(CultureInfo.InvariantCulture, $"{name} is covered by {told.GetProperty("by"u8).GetString()}"),
            _ => $"{name} was taken out of the page",
        };
        return null;
    }
}
