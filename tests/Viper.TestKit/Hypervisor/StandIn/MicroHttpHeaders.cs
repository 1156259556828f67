using System.Globalization;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>The few headers that the VMM's HTTP server minds; all others are ignored.</summary>
internal sealed class MicroHttpHeaders
{
    public int ContentLength { get; private set; }

    public bool IsChunked { get; private set; }

    public bool ExpectsContinue { get; private set; }

    /// <exception cref="MicroHttpException">The line is no header, or has a value that cannot be.</exception>
    public void Add(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            throw Invalid($"Header is incorrectly formatted. Key:{line}");
        }

        string name = line[..colon].Trim();
        string value = line[(colon + 1)..];
        switch (name.ToUpperInvariant())
        {
            case "CONTENT-LENGTH":
                ContentLength = int.TryParse(value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int length) && length >= 0
                    ? length
                    : throw Invalid($"Invalid value. Key:{name}; Value:{value}");
                break;
            case "TRANSFER-ENCODING":
                IsChunked |= value.Trim() == "chunked";
                break;
            case "EXPECT":
                ExpectsContinue |= value.Trim() == "100-continue";
                break;
            case "ACCEPT-ENCODING" when value.Split(',').Select(each => each.Replace(" ", "", StringComparison.Ordinal)).FirstOrDefault(
                each => each is "identity;q=0" or "*;q=0") is { } refused:
                throw Invalid($"Invalid value. Key:{name}; Value:{refused}");
            default:
                break;
        }
    }

    private static MicroHttpException Invalid(string reason) => new($"Invalid header. Reason: {reason}");
}
