using System.Text;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>An operation of the API: its name, its method, how long it may take, and the start of its request.</summary>
internal sealed class ApiOperation
{
    public const string Root = "/api/v1/";

    private static readonly List<ApiOperation> s_all = [];

    public static readonly ApiOperation Ping = Get("vmm.ping");
    public static readonly ApiOperation ShutdownVmm = Put("vmm.shutdown");
    public static readonly ApiOperation Info = Get("vm.info");
    public static readonly ApiOperation Counters = Get("vm.counters");
    public static readonly ApiOperation Create = Put("vm.create");
    public static readonly ApiOperation Delete = Put("vm.delete");
    public static readonly ApiOperation Boot = Put("vm.boot", ApiLimit.Boot);
    public static readonly ApiOperation Pause = Put("vm.pause");
    public static readonly ApiOperation Resume = Put("vm.resume");
    public static readonly ApiOperation Shutdown = Put("vm.shutdown");
    public static readonly ApiOperation Reboot = Put("vm.reboot", ApiLimit.Boot);
    public static readonly ApiOperation PowerButton = Put("vm.power-button");
    public static readonly ApiOperation Nmi = Put("vm.nmi");
    public static readonly ApiOperation Resize = Put("vm.resize");
    public static readonly ApiOperation ResizeDisk = Put("vm.resize-disk");
    public static readonly ApiOperation ResizeZone = Put("vm.resize-zone");
    public static readonly ApiOperation AddDevice = Put("vm.add-device");
    public static readonly ApiOperation AddDisk = Put("vm.add-disk", ApiLimit.Boot);
    public static readonly ApiOperation AddFs = Put("vm.add-fs", ApiLimit.Boot);
    public static readonly ApiOperation AddGenericVhostUser = Put("vm.add-generic-vhost-user", ApiLimit.Boot);
    public static readonly ApiOperation AddPmem = Put("vm.add-pmem");
    public static readonly ApiOperation AddNet = Put("vm.add-net", ApiLimit.Boot);
    public static readonly ApiOperation AddVsock = Put("vm.add-vsock");
    public static readonly ApiOperation AddVdpa = Put("vm.add-vdpa");
    public static readonly ApiOperation AddUserDevice = Put("vm.add-user-device", ApiLimit.Boot);
    public static readonly ApiOperation RemoveDevice = Put("vm.remove-device");
    public static readonly ApiOperation Snapshot = Put("vm.snapshot", ApiLimit.Memory);
    public static readonly ApiOperation Coredump = Put("vm.coredump", ApiLimit.Memory);
    public static readonly ApiOperation Restore = Put("vm.restore", ApiLimit.Memory);
    public static readonly ApiOperation ReceiveMigration = Put("vm.receive-migration", ApiLimit.Migration);
    public static readonly ApiOperation SendMigration = Put("vm.send-migration");

    private ApiOperation(string method, string name, ApiLimit limit)
    {
        Name = name;
        Limit = limit;
        IsQuestion = method == "GET";
        Head = Encoding.ASCII.GetBytes($"{method} {Root}{name} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n");
    }

    /// <summary>Every operation that the client knows.</summary>
    public static IReadOnlyList<ApiOperation> All => s_all;

    public string Name { get; }

    public ApiLimit Limit { get; }

    /// <summary>Whether it changes nothing, so that it may be asked again.</summary>
    public bool IsQuestion { get; }

    /// <summary>The request up to the headers that depend on its body.</summary>
    public byte[] Head { get; }

    /// <summary>An operation whose answer tells whether the program knows this one: with the other method it does nothing.</summary>
    public ApiOperation ToProbe() => new(IsQuestion ? "PUT" : "GET", Name, ApiLimit.Query);

    private static ApiOperation Get(string name) => Add(new("GET", name, ApiLimit.Query));

    private static ApiOperation Put(string name, ApiLimit limit = ApiLimit.Change) => Add(new("PUT", name, limit));

    private static ApiOperation Add(ApiOperation operation)
    {
        s_all.Add(operation);
        return operation;
    }
}
