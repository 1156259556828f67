using System.Text.Json;
using Viper.Contracts;
using Viper.Orchestration;

namespace Viper.Daemon.Endpoints;

/// <summary>Reads the body of <c>POST /api/v1/vms</c>, and says of every member what is wrong with it.</summary>
internal sealed partial class CreateVmRequestReader
{
    private const string Members = "name, cpu_cores, memory_mb, kernel_cmdline, image, labels, network, idle_timeout_seconds, max_lifetime_seconds, restart, queue_wait_seconds";

    private readonly List<ProblemError> _errors = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private CreateVmRequest _request = new();

    /// <summary>The request, within bounds; throws <see cref="ProblemException"/> where it is not.</summary>
    internal static CreateVmRequest Read(ReadOnlyMemory<byte> body)
    {
        CreateVmRequestReader reader = new();
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            reader.ReadObject(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ProblemException(Problem.Create(400, ProblemCodes.ValidationFailed, $"The body is not valid JSON: {error.Message}"));
        }

        return reader.Finish();
    }

    private CreateVmRequest Finish()
    {
        if (_errors.Find(e => e.Code == "unknown_field") is { } unknown)
        {
            string detail = $"The request has a member that is not part of it: {unknown.Pointer}. {unknown.Detail}";
            throw new ProblemException(Problem.Create(400, ProblemCodes.UnknownField, detail) with { Errors = _errors });
        }

        _errors.AddRange(CreateVmValidation.Validate(_request).Where(e => _errors.All(known => known.Pointer != e.Pointer)));
        return _errors.Count == 0 ? _request : throw new ProblemException(CreateVmValidation.ProblemOf(_errors));
    }

    private void ReadObject(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            _errors.Add(new ProblemError("#", "type", "A JSON object."));
            return;
        }

        foreach (JsonProperty member in root.EnumerateObject())
        {
            string pointer = "#/" + JsonPointer.Escape(member.Name);
            if (!_seen.Add(member.Name))
            {
                _errors.Add(new ProblemError(pointer, "format", "Appears more than once."));
            }
            else
            {
                ReadMember(member, pointer);
            }
        }
    }

    private void ReadMember(JsonProperty member, string pointer)
    {
        JsonElement value = member.Value;
        switch (member.Name)
        {
            case "name":
                _request = _request with { Name = Text(value, pointer) };
                break;
            case "cpu_cores":
                _request = _request with { CpuCores = Number(value, pointer) };
                break;
            case "memory_mb":
                _request = _request with { MemoryMb = Number(value, pointer) };
                break;
            case "kernel_cmdline":
                _request = _request with { KernelCmdline = Text(value, pointer) };
                break;
            case "image":
                _request = _request with { Image = Text(value, pointer) };
                break;
            case "labels":
                _request = _request with { Labels = Labels(value, pointer) };
                break;
            case "network":
                _request = _request with { Network = Network(value, pointer) };
                break;
            case "idle_timeout_seconds":
                _request = _request with { IdleTimeoutSeconds = Number(value, pointer) };
                break;
            case "max_lifetime_seconds":
                _request = _request with { MaxLifetimeSeconds = Number(value, pointer) };
                break;
            case "restart":
                _request = _request with { Restart = Text(value, pointer) };
                break;
            case "queue_wait_seconds":
                _request = _request with { QueueWaitSeconds = Number(value, pointer) };
                break;
            default:
                _errors.Add(new ProblemError(pointer, "unknown_field", $"Not part of the request; it takes {Members}."));
                break;
        }
    }

    private string? Text(JsonElement value, string pointer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.String:
                return value.GetString();
            default:
                _errors.Add(new ProblemError(pointer, "type", "A string."));
                return null;
        }
    }

    private int? Number(JsonElement value, string pointer)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number))
        {
            return number;
        }

        _errors.Add(new ProblemError(pointer, "type", "A whole number."));
        return null;
    }

    private Dictionary<string, string>? Labels(JsonElement value, string pointer)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            _errors.Add(new ProblemError(pointer, "type", "An object of strings."));
            return null;
        }

        Dictionary<string, string> labels = [];
        foreach (JsonProperty label in value.EnumerateObject())
        {
            string at = pointer + "/" + JsonPointer.Escape(label.Name);
            if (label.Value.ValueKind != JsonValueKind.String)
            {
                _errors.Add(new ProblemError(at, "type", "A string."));
            }
            else if (!labels.TryAdd(label.Name, label.Value.GetString()!))
            {
                _errors.Add(new ProblemError(at, "format", "Appears more than once."));
            }
        }

        return labels;
    }
}
