using System.Globalization;

namespace Viper.Net.Internal;

/// <summary>What a request acts on, put into words only when something fails.</summary>
internal readonly record struct RequestTarget(string? Text, int LinkIndex = 0)
{
    public static implicit operator RequestTarget(string? text) => new(text);

    public override string? ToString() =>
        Text ?? (LinkIndex == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"link {LinkIndex}"));
}
