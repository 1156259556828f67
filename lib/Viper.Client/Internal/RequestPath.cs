using System.Globalization;
using System.Text;

namespace Viper.Client.Internal;

/// <summary>Writes a path and its query.</summary>
internal sealed class RequestPath(string path)
{
    private readonly StringBuilder _text = new(path);
    private bool _hasQuery;

    internal static RequestPath OfVm(string name, string below = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new RequestPath("/api/v1/vms/" + Uri.EscapeDataString(name) + below);
    }

    internal static RequestPath OfOperation(string id, string below = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new RequestPath("/api/v1/operations/" + Uri.EscapeDataString(id) + below);
    }

    internal RequestPath With(string name, string? value)
    {
        if (value is not null)
        {
            _text.Append(_hasQuery ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            _hasQuery = true;
        }

        return this;
    }

    internal RequestPath With(string name, long? value) => With(name, value?.ToString(CultureInfo.InvariantCulture));

    public override string ToString() => _text.ToString();
}
