using System.Text.Json;
using Viper.Contracts;

namespace Viper.Daemon.Endpoints;

internal sealed partial class CreateVmRequestReader
{
    private const string NetworkMembers = "policy, allow, up_kbps, down_kbps, max_connections";
    private const string AllowMembers = "cidr, ports";

    private NetworkSpec? Network(JsonElement value, string pointer)
    {
        NetworkSpec spec = new();
        return ReadMembers(value, pointer, (member, at) =>
        {
            switch (member.Name)
            {
                case "policy":
                    spec = spec with { Policy = Text(member.Value, at) };
                    break;
                case "allow":
                    spec = spec with { Allow = Items(member.Value, at, Allow) };
                    break;
                case "up_kbps":
                    spec = spec with { UpKbps = Number(member.Value, at) ?? 0 };
                    break;
                case "down_kbps":
                    spec = spec with { DownKbps = Number(member.Value, at) ?? 0 };
                    break;
                case "max_connections":
                    spec = spec with { MaxConnections = Number(member.Value, at) ?? 0 };
                    break;
                default:
                    Unknown(at, NetworkMembers);
                    break;
            }
        })
            ? spec
            : null;
    }

    private NetworkAllow? Allow(JsonElement value, string pointer)
    {
        string? cidr = null;
        IReadOnlyList<string> ports = [];
        int before = _errors.Count;
        bool isObject = ReadMembers(value, pointer, (member, at) =>
        {
            switch (member.Name)
            {
                case "cidr":
                    cidr = Text(member.Value, at);
                    break;
                case "ports":
                    ports = Items(member.Value, at, Text);
                    break;
                default:
                    Unknown(at, AllowMembers);
                    break;
            }
        });
        if (cidr is null && _errors.Count == before)
        {
            _errors.Add(new ProblemError(isObject ? pointer + "/cidr" : pointer, "required", "An IPv4 network such as 203.0.113.0/24."));
        }

        return cidr is null ? null : new NetworkAllow { Cidr = cidr, Ports = ports };
    }

    private List<T> Items<T>(JsonElement value, string pointer, Func<JsonElement, string, T?> read)
        where T : class
    {
        List<T> items = [];
        if (value.ValueKind is JsonValueKind.Null)
        {
            return items;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            _errors.Add(new ProblemError(pointer, "type", "An array."));
            return items;
        }

        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            string at = $"{pointer}/{index++}";
            if (item.ValueKind == JsonValueKind.Null)
            {
                _errors.Add(new ProblemError(at, "type", "Not null."));
            }
            else if (read(item, at) is { } entry)
            {
                items.Add(entry);
            }
        }

        return items;
    }

    /// <summary>Reads an object member by member; false where there is none.</summary>
    private bool ReadMembers(JsonElement value, string pointer, Action<JsonProperty, string> read)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return false;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            _errors.Add(new ProblemError(pointer, "type", "An object."));
            return false;
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonProperty member in value.EnumerateObject())
        {
            string at = $"{pointer}/{JsonPointer.Escape(member.Name)}";
            if (seen.Add(member.Name))
            {
                read(member, at);
            }
            else
            {
                _errors.Add(new ProblemError(at, "format", "Appears more than once."));
            }
        }

        return true;
    }

    private void Unknown(string pointer, string members) =>
        _errors.Add(new ProblemError(pointer, "unknown_field", $"Not part of the request; it takes {members}."));
}
