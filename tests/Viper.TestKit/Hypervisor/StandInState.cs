using System.Text.Json;

namespace Viper.TestKit.Hypervisor;

/// <summary>The states of Cloud Hypervisor's one machine and its answers, as far as the library asks.</summary>
/// <remarks>Holds no recording: the answers follow from the state. Not thread-safe.</remarks>
internal sealed class StandInState
{
    private JsonElement? _config;
    private string _state = "Created";

    private bool HasConfig => _config is not null;

    private bool Runs => HasConfig && _state != "Created";

    /// <summary>The socket of the serial port in the configuration.</summary>
    public string? SerialSocket => _config is { } config && config.TryGetProperty("serial", out JsonElement serial)
        && serial.TryGetProperty("socket", out JsonElement path) ? path.GetString() : null;

    public (int Status, string? Body) Answer(string method, string operation, string body) => (method, operation) switch
    {
        ("GET", "vmm.ping") =>
            (200, $$"""{"build_version":"v53.0","version":"53.0.0","pid":{{Environment.ProcessId}},"features":["io_uring","kvm"]}"""),
        ("GET", "vm.info") => Info(),
        ("PUT", "vm.create") => Create(body),
        ("PUT", "vm.delete") => body.Length > 0 ? BadRequest : Delete(),
        ("PUT", "vm.boot") => body.Length > 0 ? BadRequest : Boot(),
        ("PUT", "vm.shutdown") => Move("The VM could not shutdown", "Created"),
        ("PUT", "vm.pause") => _state == "Paused" ? Transition("The VM could not be paused", "Cannot pause VM") : Move("The VM could not be paused", "Paused"),
        ("PUT", "vm.resume") => _state == "Running" ? Transition("The VM could not resume", "Cannot resume VM") : Move("The VM could not resume", "Running"),
        ("PUT", "vm.power-button") => Runs ? (204, null) : Error(500, "Error triggering power button", "VM is not running"),
        ("PUT", "vmm.shutdown") => (200, ""),
        ("GET" or "PUT", "vm.create" or "vm.delete" or "vm.boot" or "vm.shutdown" or "vm.pause" or "vm.resume" or "vm.power-button"
            or "vmm.shutdown" or "vmm.ping" or "vm.info") => BadRequest,
        _ => (404, """["Not Found"]"""),
    };

    private static (int Status, string? Body) BadRequest => (400, """["Bad Request"]""");

    private (int Status, string? Body) Info() => _config is { } config
        ? (200, $$"""{"config":{{config.GetRawText()}},"state":"{{_state}}","memory_actual_size":536870912}""")
        : Error(404, "The VM info is not available", "VM is not created");

    private (int Status, string? Body) Create(string body)
    {
        if (body.Length == 0)
        {
            return (400, null);
        }

        if (HasConfig)
        {
            return Error(500, "The VM could not be created", "VM is already created");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            _config = document.RootElement.Clone();
            _state = "Created";
            return (204, null);
        }
        catch (JsonException)
        {
            return (400, """["Failed to deserialize JSON","expected value at line 1 column 1"]""");
        }
    }

    private (int Status, string? Body) Delete()
    {
        _config = null;
        _state = "Created";
        return (204, null);
    }

    // The configuration is looked at only here.
    private (int Status, string? Body) Boot()
    {
        if (_config is not { } config)
        {
            return Error(404, "The VM could not boot", "VM config is missing");
        }

        if (Runs)
        {
            return Error(500, "The VM could not boot", "VM is already created");
        }

        if (!config.TryGetProperty("payload", out JsonElement payload) || payload.ValueKind != JsonValueKind.Object
            || !payload.TryGetProperty("kernel", out JsonElement kernel))
        {
            return Error(
                500,
                "The VM could not boot",
                "Failed to validate config",
                "Payload configuration is not bootable",
                "No bootitem provided: neither firmware nor kernel");
        }

        if (!File.Exists(kernel.GetString()))
        {
            return Error(500, "The VM could not boot", "Cannot open kernel file", "No such file or directory (os error 2)");
        }

        _state = "Running";
        return (204, null);
    }

    private (int Status, string? Body) Move(string failure, string state)
    {
        if (!Runs)
        {
            return Error(500, failure, "VM is not running");
        }

        _state = state;
        return (204, null);
    }

    private (int Status, string? Body) Transition(string failure, string detail) => Error(
        500, failure, detail, "Failed to change a migratable component", $"Invalid transition: InvalidStateTransition({_state}, {_state})");

    private static (int Status, string? Body) Error(int status, params string[] causes) =>
        (status, $"[{string.Join(',', causes.Prepend("Error from API").Select(cause => $"\"{cause}\""))}]");
}
