using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;

namespace Viper.TestKit.Hypervisor.StandIn;

internal sealed partial class Vmm
{
    private Dictionary<string, Route> MakeRoutes()
    {
        Dictionary<string, Route> routes = new()
        {
            ["vmm.ping"] = Query("", Ping),
            ["vm.info"] = Query("The VM info is not available", () => Created.Info()),
            ["vm.counters"] = Query("The VM info is not available", () => Booted.Counters()),
            ["vmm.shutdown"] = Act("", () => _events.Write("vmm", "shutdown")),
            ["vm.create"] = With(ConfigTypes.Vm, "The VM could not be created", Create),
            ["vm.delete"] = Act("The VM could not be deleted", Delete),
            ["vm.boot"] = Act("The VM could not boot", BootAsync),
            ["vm.pause"] = Act("The VM could not be paused", Pause),
            ["vm.resume"] = Act("The VM could not resume", Resume),
            ["vm.shutdown"] = Act("The VM could not shutdown", Shutdown),
            ["vm.reboot"] = Act("The VM could not reboot", RebootAsync),
            ["vm.power-button"] = Act("Error triggering power button", PressPowerButton),
            ["vm.nmi"] = Act("Error triggering NMI", () => _ = Booted),
            ["vm.snapshot"] = With(RequestTypes.Snapshot, "The VM could not be snapshotted", Snapshot),
            ["vm.restore"] = With(
                RequestTypes.Restore,
                "The VM could not be restored",
                body => RestoreCore(body.Text("source_url")!, body.Flag("resume"))),
            ["vm.resize"] = With(RequestTypes.Resize, "The VM could not be resized", Resize),
            ["vm.resize-zone"] = With(RequestTypes.ResizeZone, "The memory zone could not be resized", body => Resizing(
                () => Created.ResizeZone(body.Text("id")!, body.Number("desired_ram")))),
            ["vm.resize-disk"] = With(RequestTypes.ResizeDisk, "The disk could not be resized", body => Resizing(
                () => Created.ResizeDisk(body.Text("id")!, body.Number("desired_size")))),
            ["vm.remove-device"] = With(
                RequestTypes.Remove, "The device could not be removed from the VM", body => Created.Remove(body.Text("id")!)),
            ["vm.add-device"] = Add("devices", DeviceTypes.Device, "device"),
            ["vm.add-user-device"] = Add("user_devices", DeviceTypes.UserDevice, "user device"),
            ["vm.add-disk"] = Add("disks", DeviceTypes.Disk, "disk"),
            ["vm.add-fs"] = Add("fs", DeviceTypes.Fs, "fs"),
            ["vm.add-generic-vhost-user"] = Add("generic-vhost-user", DeviceTypes.GenericVhostUser, "generic vhost-user device"),
            ["vm.add-net"] = Add("net", DeviceTypes.Net, "network device"),
            ["vm.add-pmem"] = Add("pmem", DeviceTypes.Pmem, "pmem device"),
            ["vm.add-vdpa"] = Add("vdpa", DeviceTypes.Vdpa, "vDPA device"),
            ["vm.add-vsock"] = Add("vsock", DeviceTypes.Vsock, "vsock device"),
            ["vm.send-migration"] = With(RequestTypes.Send, "Error dispatching the migration worker", SendMigration),
            ["vm.receive-migration"] = new Route("Error receiving migration", RequestTypes.Receive, async (body, _) =>
            {
                await ReceiveMigrationAsync(body.Text("receiver_url")!);
                return null;
            }),
        };
        if (_options.GuestDebug)
        {
            routes["vm.coredump"] = With(RequestTypes.Coredump, "The VM could not be coredumped", Coredump);
        }

        return routes;
    }

    private static Route Query(string failure, Func<JsonObject> answer) =>
        new(failure, null, (_, _) => Task.FromResult<JsonObject?>(answer())) { IsQuery = true };

    private static Route Act(string failure, Action act) => With(null, failure, _ => act());

    private static Route Act(string failure, Func<Task> act) => new(failure, null, async (_, _) =>
    {
        await act();
        return null;
    });

    private static Route With(SerdeStruct? type, string failure, Action<JsonObject> act) => new(failure, type, (body, _) =>
    {
        act(body);
        return Task.FromResult<JsonObject?>(null);
    });

    private Route Add(string kind, SerdeStruct type, string name) => new($"The {name} could not be added to the VM", type, async (body, descriptors) =>
    {
        VirtualMachine machine = Created;
        if (kind == "net" && descriptors.Count > 0)
        {
            KeepDescriptors(body, descriptors);
        }

        return await machine.AddAsync(kind, body);
    });

    // The numbers are those that this process has for them.
    private void KeepDescriptors(JsonObject net, List<SafeFileHandle> descriptors)
    {
        JsonArray numbers = [.. descriptors.Select(descriptor => (JsonNode)(int)descriptor.DangerousGetHandle())];
        int place = net.IndexOf("offload_tso");
        net.Insert(place, "fds", numbers);
        lock (_descriptors)
        {
            _descriptors.AddRange(descriptors);
        }

        descriptors.Clear();
    }

    private static JsonObject Ping() => new()
    {
        ["build_version"] = "v53.0",
        ["version"] = "53.0.0",
        ["pid"] = Environment.ProcessId,
        ["features"] = new JsonArray("io_uring", "kvm"),
    };
}
