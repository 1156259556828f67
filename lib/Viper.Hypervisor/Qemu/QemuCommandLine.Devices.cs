using System.Text;
using System.Text.Json;

namespace Viper.Hypervisor.Qemu;

/// <summary>Memory, disks, cards and the places for further ones.</summary>
internal static partial class QemuCommandLine
{
    // The first of the PCI device numbers that hold the ports, eight to a device.
    private const int FirstPortDevice = 0x10;
    private const int PortsPerDevice = 8;

    /// <summary>Writes the block device of a raw image.</summary>
    public static void WriteDisk(Utf8JsonWriter writer, string node, string path, bool readOnly)
    {
        writer.WriteString("driver"u8, "raw"u8);
        writer.WriteString("node-name"u8, node);
        writer.WriteBoolean("read-only"u8, readOnly);
        writer.WriteStartObject("file"u8);
        writer.WriteString("driver"u8, "file"u8);
        writer.WriteString("filename"u8, path);
        writer.WriteBoolean("read-only"u8, readOnly);

        // Many machines read one image; a writable one belongs to one machine, and the lock makes sure of it.
        writer.WriteString("locking"u8, readOnly ? "off"u8 : "auto"u8);
        writer.WriteEndObject();
    }

    private static void AddDevices(List<string> arguments, MachineSpec spec, bool pci)
    {
        if (!pci)
        {
            arguments.AddRange(["-global", "virtio-mmio.force-legacy=false"]);
        }

        string bus = pci ? "pci" : "device";
        arguments.AddRange(
            ["-object", "rng-random,id=rng0,filename=/dev/urandom", "-device", $"virtio-rng-{bus},rng=rng0"]);
        if (spec.Balloon)
        {
            arguments.AddRange(["-device", $"virtio-balloon-{bus},id={QemuMachine.BalloonId}"]);
        }

        for (int i = 0; i < spec.Disks.Count; i++)
        {
            DiskSpec disk = spec.Disks[i];
            string node = $"disk{i}";
            arguments.AddRange(
            [
                "-blockdev", Json(writer => WriteDisk(writer, node, disk.Path, disk.ReadOnly)),
                "-device", $"virtio-blk-{bus},drive={node}",
            ]);
        }

        AddCards(arguments, spec, pci);
        for (int i = 0; pci && i < spec.HotplugSlots; i++)
        {
            int device = FirstPortDevice + (i / PortsPerDevice);
            string place = $"addr=0x{device:x}.0x{i % PortsPerDevice:x},multifunction=on";
            arguments.AddRange(["-device", $"pcie-root-port,id={HotplugSlot.PortName(i)},chassis={i + 1},port={i},{place}"]);
        }
    }

    private static void AddCards(List<string> arguments, MachineSpec spec, bool pci)
    {
        int descriptor = FirstTapDescriptor;
        for (int i = 0; i < spec.Nics.Count; i++)
        {
            NicSpec nic = spec.Nics[i];
            string tap = nic.TapDescriptor is null
                ? $"ifname={nic.TapName},script=no,downscript=no,vhost=off"
                : $"fd={Number(descriptor++)},vhost=off";
            arguments.AddRange(
            [
                "-netdev", $"tap,id=net{i},{tap}",
                "-device", $"virtio-net-{(pci ? "pci" : "device")},netdev=net{i},mac={nic.MacAddress}{(pci ? ",romfile=" : "")}",
            ]);
        }
    }

    // One name for the memory whatever is behind it, so that a state fits every kind.
    private static string Memory(MachineSpec spec, QemuRestore? restore) => Json(writer =>
    {
        string? path = restore?.PrivateMemoryPath ?? spec.MemoryFilePath;
        writer.WriteString("qom-type"u8, path is null ? "memory-backend-ram"u8 : "memory-backend-file"u8);
        writer.WriteString("id"u8, "ram"u8);
        writer.WriteNumber("size"u8, spec.MemoryMib * 1024L * 1024L);
        if (path is not null)
        {
            writer.WriteString("mem-path"u8, path);
            writer.WriteBoolean("share"u8, restore?.PrivateMemoryPath is null);
        }
    });

    // The JSON form of an option, since a path in the other form would need its commas doubled.
    private static string Json(Action<Utf8JsonWriter> members)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
