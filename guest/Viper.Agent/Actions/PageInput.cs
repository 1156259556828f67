using System.Text.Json;
using Viper.Cdp;
using Viper.Contracts.Agent;

namespace Viper.Agent.Actions;

/// <summary>A person's mouse and keyboard in a page.</summary>
internal static class PageInput
{
    internal static Task MoveAsync(CdpPage page, double x, double y, CancellationToken cancellationToken) =>
        MouseAsync(page, "mouseMoved", x, y, "none", 0, 0, cancellationToken);

    internal static async Task ClickAsync(
        CdpPage page, double x, double y, MouseButton button, int count, int modifiers, CancellationToken cancellationToken)
    {
        var name = button switch
        {
            MouseButton.Right => "right",
            MouseButton.Middle => "middle",
            _ => "left",
        };
        await MouseAsync(page, "mouseMoved", x, y, "none", 0, modifiers, cancellationToken);
        for (var i = 1; i <= count; i++)
        {
            await MouseAsync(page, "mousePressed", x, y, name, i, modifiers, cancellationToken);
            await MouseAsync(page, "mouseReleased", x, y, name, i, modifiers, cancellationToken);
        }
    }

    /// <summary>Puts a text in at once, in place of what is selected.</summary>
    internal static Task InsertAsync(CdpPage page, string text, CancellationToken cancellationToken) =>
        page.SendAsync("Input.insertText", writer => writer.WriteString("text"u8, text), cancellationToken);

    /// <summary>Types a text key by key; a character that no key has is put in.</summary>
    internal static async Task TypeAsync(CdpPage page, string text, CancellationToken cancellationToken)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var typed = rune.Value is '\r' or '\n' ? "Enter" : rune.ToString();
            if (KeyStroke.TryParse(typed, out var stroke))
            {
                await PressAsync(page, stroke, cancellationToken);
            }
            else
            {
                await InsertAsync(page, typed, cancellationToken);
            }
        }
    }

    internal static async Task PressAsync(CdpPage page, KeyStroke stroke, CancellationToken cancellationToken)
    {
        await KeyAsync(page, stroke.Text is null ? "rawKeyDown" : "keyDown", stroke, cancellationToken);
        await KeyAsync(page, "keyUp", stroke, cancellationToken);
    }

    internal static int Bits(IReadOnlyList<KeyModifier>? modifiers) => (modifiers ?? []).Aggregate(0, static (bits, key) => bits | key switch
    {
        KeyModifier.Alt => 1,
        KeyModifier.Control => 2,
        KeyModifier.Meta => 4,
        _ => 8,
    });

    private static async Task MouseAsync(
        CdpPage page, string type, double x, double y, string button, int count, int modifiers, CancellationToken cancellationToken) => await page.SendAsync(
        "Input.dispatchMouseEvent",
        writer =>
        {
            writer.WriteString("type"u8, type);
            writer.WriteNumber("x"u8, x);
            writer.WriteNumber("y"u8, y);
            writer.WriteString("button"u8, button);
            writer.WriteNumber("clickCount"u8, count);
            writer.WriteNumber("modifiers"u8, modifiers);
        },
        cancellationToken);

    private static async Task KeyAsync(CdpPage page, string type, KeyStroke stroke, CancellationToken cancellationToken) => await page.SendAsync(
        "Input.dispatchKeyEvent",
        writer =>
        {
            writer.WriteString("type"u8, type);
            writer.WriteString("key"u8, stroke.Key);
            writer.WriteString("code"u8, stroke.Code);
            writer.WriteNumber("windowsVirtualKeyCode"u8, stroke.VirtualKey);
            writer.WriteNumber("modifiers"u8, stroke.Modifiers);
            if (stroke.Text is not null && type == "keyDown")
            {
                writer.WriteString("text"u8, stroke.Text);
            }

            WriteCommands(writer, stroke);
        },
        cancellationToken);

    // What an editor of the platform does with a chord; Chrome leaves that to the one who sends the keys.
    private static void WriteCommands(Utf8JsonWriter writer, KeyStroke stroke)
    {
        const int Control = 2;
        if (stroke.Modifiers == Control && stroke.Key is "a" or "A")
        {
            writer.WriteStartArray("commands"u8);
            writer.WriteStringValue("selectAll"u8);
            writer.WriteEndArray();
        }
    }
}
