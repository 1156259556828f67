using System.Text.Json;

namespace Viper.Cdp.Tests;

/// <summary>A command as generated ones are.</summary>
internal readonly struct EvaluateCommand(string expression) : ICdpCommand
{
    public static ReadOnlySpan<byte> Method => "Runtime.evaluate"u8;

    public void WriteParameters(Utf8JsonWriter writer)
    {
        writer.WriteString("expression"u8, expression);
        writer.WriteBoolean("returnByValue"u8, true);
    }
}
