using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Viper.Contracts.Tests;

public sealed class ViperJsonTests
{
    private const string VmText =
        """{"id":"vm_1","name":"a","status":"running","phase":"ready","status_reason":null,"status_code":null,"cpu_cores":2,"memory_mb":1024,"image":"browser","ip_address":"192.168.127.10","mac_address":"02:00:00:00:00:01","hypervisor":"qemu","pid":4242,"created_at":"2026-11-20T08:00:00+00:00","started_at":"2026-11-20T08:00:01.5+00:00","ready_at":null,"labels":{"team":"qa"},"network":{"policy":"allow","allow":[{"cidr":"203.0.113.0/24","ports":["443/tcp"]}],"up_kbps":0,"down_kbps":8000,"max_connections":0},"idle_timeout_seconds":60,"max_lifetime_seconds":600,"restart":"on-failure","idle_deadline":"2026-11-20T08:01:00+00:00","expires_at":null,"revision":7,"urls":{"self":"/api/v1/vms/a","agent":"/api/v1/vms/a/agent","cdp_http":"http://127.0.0.1:7777/api/v1/vms/a/agent","cdp_ws":null},"browser":{"product":"HeadlessChrome/156.0.8078.73"}}""";

    public static TheoryData<string, string> Documents => new()
    {
        { nameof(Vm), VmText },
        { nameof(VmList), $$"""{"items":[{{VmText}}],"next_cursor":"YQ"}""" },
        { nameof(VmList), """{"items":[]}""" },
        { nameof(VmTicket), """{"vm":"a","ticket":"AbC-_","cdp_http":"http://127.0.0.1:7777/api/v1/vms/a/agent?ticket=AbC-_","cdp_ws":null}""" },
        { nameof(CreateVmRequest), """{"name":"a","cpu_cores":2,"memory_mb":1024,"kernel_cmdline":"quiet","image":"browser","labels":{"team":"qa"},"network":{"policy":"allow","allow":[{"cidr":"203.0.113.0/24","ports":["443/tcp"]}],"up_kbps":0,"down_kbps":8000,"max_connections":0},"idle_timeout_seconds":60,"max_lifetime_seconds":600,"restart":"always","queue_wait_seconds":5}""" },
        { nameof(CreateVmRequest), """{"name":null,"cpu_cores":null,"memory_mb":null,"kernel_cmdline":null,"image":null,"labels":null,"network":null,"idle_timeout_seconds":null,"max_lifetime_seconds":null,"restart":null,"queue_wait_seconds":null}""" },
        { nameof(Operation), """{"id":"op_1","kind":"vm.create","status":"running","progress":{"step":"boot"},"resource":"/api/v1/vms/a","created_at":"2026-11-20T08:00:00+00:00","updated_at":"2026-11-20T08:00:00+00:00"}""" },
        { nameof(Operation), """{"id":"op_1","kind":"vm.create","status":"succeeded","progress":{"step":"ready"},"resource":"/api/v1/vms/a","result":{"vm":"a"},"created_at":"2026-11-20T08:00:00+00:00","updated_at":"2026-11-20T08:00:00+00:00","finished_at":"2026-11-20T08:00:01+00:00"}""" },
        { nameof(OperationList), """{"items":[{"id":"op_1","kind":"vm.create","status":"failed","progress":{"step":"boot"},"resource":"/api/v1/vms/a","error":{"type":"https://viper.invalid/problems/start-failed","title":"Start failed","status":500,"detail":"no","code":"start_failed","retryable":false},"created_at":"2026-11-20T08:00:00+00:00","updated_at":"2026-11-20T08:00:00+00:00"}],"next_cursor":"YQ"}""" },
        { nameof(VmEvent), """{"seq":12,"type":"VM_RUNNING","time":"2026-11-20T08:00:00+00:00","vm":{"id":"vm_1","name":"a","status":"running"},"data":{}}""" },
        { nameof(VmReadyData), """{"timeline":[{"step":"lease","ms":1.2}],"guest_ms":{"init":900},"browser":"HeadlessChrome/156"}""" },
        { nameof(VmReasonData), """{"reason":"killed","signal":9}""" },
        { nameof(VmReasonData), """{"reason":"no","code":"start_failed","exit_code":1}""" },
        { nameof(Problem), """{"type":"https://viper.invalid/problems/vm-not-found","title":"VM not found","status":404,"detail":"No VM named 'ä'.","instance":"/api/v1/vms/a","code":"vm_not_found","retryable":false,"trace_id":"t","errors":[{"pointer":"#/cpu_cores","code":"range","detail":"1..16"}],"limit":1,"running":2,"queued":3}""" },
        { nameof(SystemStatus), """{"version":"0.1.0","uptime_seconds":5,"vms":{"running":1},"hypervisor":null,"accelerator":"tcg","problems":[],"cpu_percent":1.5,"memory_percent":2,"pool_size":3,"pool_leased":4,"last_seq":5}""" },
        { nameof(VersionInfo), """{"version":"0.1.0","api_version":"v1","runtime":".NET 10"}""" },
        { nameof(ImageList), """{"items":[{"name":"browser","content_id":"sha256:1","bytes":5,"min_memory_mb":640,"browser":null}]}""" },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void RoundTrip_EveryRecord_GivesTheSameBytes(string record, string text)
    {
        JsonTypeInfo type = ViperJson.Readable.GetTypeInfo(typeof(Vm).Assembly.GetType("Viper.Contracts." + record)!)!;

        object? value = JsonSerializer.Deserialize(text, type);

        Assert.Equal(text, JsonSerializer.Serialize(value, type));
    }

    [Fact]
    public void Readable_AndDefault_SayTheSame()
    {
        Problem problem = Problem.Create(404, ProblemCodes.VmNotFound, "No VM named 'ä'.");

        string readable = JsonSerializer.Serialize(problem, ViperJson.Readable.Problem);
        string plain = JsonSerializer.Serialize(problem, ViperJson.Default.Problem);

        Assert.NotEqual(readable, plain);
        Assert.Equal(problem, JsonSerializer.Deserialize(readable, ViperJson.Default.Problem));
        Assert.Equal(problem, JsonSerializer.Deserialize(plain, ViperJson.Default.Problem));
    }

    [Theory]
    [InlineData(404, "vm_not_found", "https://viper.invalid/problems/vm-not-found", "VM not found", false)]
    [InlineData(429, "capacity_exhausted", "https://viper.invalid/problems/capacity-exhausted", "Capacity exhausted", true)]
    [InlineData(502, "agent_unreachable", "https://viper.invalid/problems/agent-unreachable", "Agent unreachable", true)]
    public void Create_OfACode_HasItsTypeAndTitle(int status, string code, string type, string title, bool retryable)
    {
        Problem problem = Problem.Create(status, code, "d");

        Assert.Equal((type, title, retryable), (problem.Type, problem.Title, problem.Retryable));
    }
}
