namespace Viper.Hypervisor;

/// <summary>One line that a guest printed.</summary>
/// <remarks>
/// The text comes from a hostile guest: bytes that are not UTF-8 became U+FFFD, everything else, control characters and NUL
/// included, is as it was sent.
/// </remarks>
/// <param name="Text">The line without its end.</param>
/// <param name="Continues">Whether the line was longer than 64 KiB, or was cut short by the end of the port, so that this is only a part.</param>
/// <param name="LinesLost">How many lines right before this one were dropped because this reader was slow.</param>
public readonly record struct SerialLine(string Text, bool Continues, long LinesLost);
