using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Viper.Hypervisor.CloudHypervisor;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

/// <summary>The library has every operation, schema, property and value of the program's OpenAPI file.</summary>
public sealed class ApiCoverageTests : IDisposable
{
    // Where our name is another one.
    private static readonly Dictionary<string, string> s_names = new() { ["VmmPingResponse"] = "VmmPing", ["ImageType"] = "DiskImageType" };

    // Required by the file; the program takes a configuration without it, and answers such a one.
    private static readonly HashSet<string> s_notRequired = ["VmConfig.payload"];

    // A call of each operation, with a body made of all properties where it has one.
    private static readonly Dictionary<string, Func<CloudHypervisorClient, Task>> s_calls = new()
    {
        ["vmm.ping"] = c => c.PingAsync(),
        ["vmm.shutdown"] = c => c.ShutdownVmmAsync(),
        ["vm.info"] = c => c.InfoAsync(),
        ["vm.counters"] = c => c.CountersAsync(),
        ["vm.create"] = c => c.CreateAsync(Sample(CloudHypervisorJson.Default.VmConfig)),
        ["vm.delete"] = c => c.DeleteAsync(),
        ["vm.boot"] = c => c.BootAsync(),
        ["vm.pause"] = c => c.PauseAsync(),
        ["vm.resume"] = c => c.ResumeAsync(),
        ["vm.shutdown"] = c => c.ShutdownAsync(),
        ["vm.reboot"] = c => c.RebootAsync(),
        ["vm.power-button"] = c => c.PowerButtonAsync(),
        ["vm.resize"] = c => c.ResizeAsync(Sample(CloudHypervisorJson.Default.VmResize)),
        ["vm.resize-disk"] = c => c.ResizeDiskAsync(Sample(CloudHypervisorJson.Default.VmResizeDisk)),
        ["vm.resize-zone"] = c => c.ResizeZoneAsync(Sample(CloudHypervisorJson.Default.VmResizeZone)),
        ["vm.add-device"] = c => c.AddDeviceAsync(Sample(CloudHypervisorJson.Default.DeviceConfig)),
        ["vm.remove-device"] = c => c.RemoveDeviceAsync(Sample(CloudHypervisorJson.Default.VmRemoveDevice)),
        ["vm.add-disk"] = c => c.AddDiskAsync(Sample(CloudHypervisorJson.Default.DiskConfig)),
        ["vm.add-fs"] = c => c.AddFsAsync(Sample(CloudHypervisorJson.Default.FsConfig)),
        ["vm.add-generic-vhost-user"] = c => c.AddGenericVhostUserAsync(Sample(CloudHypervisorJson.Default.GenericVhostUserConfig)),
        ["vm.add-pmem"] = c => c.AddPmemAsync(Sample(CloudHypervisorJson.Default.PmemConfig)),
        ["vm.add-net"] = c => c.AddNetAsync(Sample(CloudHypervisorJson.Default.NetConfig)),
        ["vm.add-vsock"] = c => c.AddVsockAsync(Sample(CloudHypervisorJson.Default.VsockConfig)),
        ["vm.add-vdpa"] = c => c.AddVdpaAsync(Sample(CloudHypervisorJson.Default.VdpaConfig)),
        ["vm.add-user-device"] = c => c.AddUserDeviceAsync(Sample(CloudHypervisorJson.Default.VmAddUserDevice)),
        ["vm.snapshot"] = c => c.SnapshotAsync(Sample(CloudHypervisorJson.Default.VmSnapshotConfig)),
        ["vm.coredump"] = c => c.CoredumpAsync(Sample(CloudHypervisorJson.Default.VmCoredumpData)),
        ["vm.nmi"] = c => c.NmiAsync(),
        ["vm.restore"] = c => c.RestoreAsync(Sample(CloudHypervisorJson.Default.RestoreConfig)),
        ["vm.receive-migration"] = c => c.ReceiveMigrationAsync(Sample(CloudHypervisorJson.Default.ReceiveMigrationData)),
        ["vm.send-migration"] = c => c.SendMigrationAsync(Sample(CloudHypervisorJson.Default.SendMigrationData)),
    };

    private readonly ShortFolder _folder = new();

    public static TheoryData<string> Schemas => [.. ApiFacts.Current.Objects];

    public static TheoryData<string> Operations => [.. ApiFacts.Current.Operations.Select(operation => operation.Name)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Operations_OfTheFile_AreThoseOfTheClient()
    {
        IEnumerable<string> wanted = ApiFacts.Current.Operations.Select(operation => $"{operation.Method} {operation.Name}").Order();

        Assert.Equal(wanted, ApiOperation.All.Select(operation => $"{(operation.IsQuestion ? "GET" : "PUT")} {operation.Name}").Order());
        Assert.Equal(ApiFacts.Current.Operations.Select(operation => operation.Name).Order(), s_calls.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Operation_Called_SendsExactlyItsRequest(string name)
    {
        (string method, _, string body, string answers) = ApiFacts.Current.Operations.Single(operation => operation.Name == name);
        string answer = answers.Split(',')[0] is var first && first.Contains(':')
            ? ScriptedApi.Response(200, ApiFacts.Current.Sample(AnswerOf(first)).ToJsonString())
            : ScriptedApi.Response(204);
        using ScriptedApi api = new(_folder["s"], _ => answer);
        await using CloudHypervisorClient client = new(_folder["s"]);

        await s_calls[name](client);

        string request = Assert.Single(api.Requests);
        string head = $"{method} /api/v1/{name} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n";
        string expected = (method, body) switch
        {
            ("GET", _) => head + "\r\n",
            (_, "-") => head + "Content-Length: 0\r\n\r\n",
            _ => head + "Content-Type: application/json\r\nContent-Length: " + (request.Length - request.IndexOf('{')) + "\r\n\r\n",
        };
        Assert.StartsWith(expected, request);
        Assert.True(
            body == "-"
                ? request.Length == expected.Length
                : JsonNode.DeepEquals(ApiFacts.Current.Sample(body), JsonNode.Parse(request[expected.Length..])));
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Schema_SampleOfAllItsProperties_ComesBackWhole(string schema)
    {
        JsonNode sample = ApiFacts.Current.Sample(schema);

        object value = JsonSerializer.Deserialize(sample, TypeOf(schema))!;

        JsonNode back = JsonSerializer.SerializeToNode(value, TypeOf(schema))!;
        Assert.True(JsonNode.DeepEquals(sample, back), $"{sample.ToJsonString()}\n{back.ToJsonString()}");
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Schema_EachProperty_IsRequiredWhereTheFileSaysSo(string schema)
    {
        Dictionary<string, JsonPropertyInfo> ours = TypeOf(schema).Properties.ToDictionary(property => property.Name);
        foreach ((string name, _, bool required) in ApiFacts.Current.Properties(schema))
        {
            Assert.True(ours.TryGetValue(name, out JsonPropertyInfo? property), $"{schema}.{name} is missing");
            Assert.True(
                property.IsRequired == (required && !s_notRequired.Contains($"{schema}.{name}")), $"{schema}.{name} is required: {required}");
        }
    }

    [Fact]
    public void Enums_OfTheFile_HaveEveryValueByItsName()
    {
        Assert.All(ApiFacts.Current.Enums, wanted =>
        {
            Type type = typeof(VmConfig).Assembly.GetType($"Viper.Hypervisor.{s_names.GetValueOrDefault(wanted.Name, wanted.Name)}", true)!;
            Assert.Empty(wanted.Values.Except(Enum.GetNames(type)));
        });
    }

    [Theory]
    [InlineData("\"Running\"", VmState.Running)]
    [InlineData("\"running\"", VmState.Unrecognized)]
    [InlineData("\"Hibernated\"", VmState.Unrecognized)]
    [InlineData("\"1\"", VmState.Unrecognized)]
    [InlineData("\"Created, Running\"", VmState.Unrecognized)]
    [InlineData("\"Unrecognized\"", VmState.Unrecognized)]
    public void WireEnum_Read_TakesExactNamesOnly(string json, VmState expected) =>
        Assert.Equal(expected, JsonSerializer.Deserialize(json, CloudHypervisorJson.Default.VmState));

    [Theory]
    [InlineData("1")]
    [InlineData("{}")]
    public void WireEnum_ReadNoString_IsAnError(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, CloudHypervisorJson.Default.VmState));

    [Fact]
    public async Task AddDiskAsync_ValueWithoutAName_IsAnArgumentError()
    {
        await using CloudHypervisorClient client = new(_folder["s"]);

        await Assert.ThrowsAsync<ArgumentException>(() => client.AddDiskAsync(new DiskConfig { ImageType = DiskImageType.Unrecognized }));
    }

    private static T Sample<T>(JsonTypeInfo<T> type)
    {
        string schema = s_names.FirstOrDefault(pair => pair.Value == typeof(T).Name).Key ?? typeof(T).Name;
        return JsonSerializer.Deserialize(ApiFacts.Current.Sample(schema), type)!;
    }

    private static JsonTypeInfo TypeOf(string schema)
    {
        Type type = typeof(VmConfig).Assembly.GetType($"Viper.Hypervisor.{s_names.GetValueOrDefault(schema, schema)}", true)!;
        return CloudHypervisorJson.Default.GetTypeInfo(type) ?? throw new InvalidOperationException($"{type} has no source-generated JSON.");
    }

    private static string AnswerOf(string answer) =>
        answer.Split(':', 2)[1] is "VmCounters" ? "map<map<integer:int64>>" : answer.Split(':', 2)[1];
}
