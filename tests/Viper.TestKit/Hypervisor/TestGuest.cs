using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Viper.TestKit.Hypervisor;

/// <summary>A real kernel, Debian's, and a tiny initramfs whose PID 1 talks over the serial port.</summary>
/// <remarks>Made once and kept in the cache folder; needs apt-get, dpkg-deb and cc.</remarks>
public sealed record TestGuest(string BzImage, string Vmlinux, string Initramfs)
{
    // In load order: what each needs stands before it.
    private static readonly string[] s_modules =
    [
        "drivers/virtio/virtio_ring.ko", "drivers/virtio/virtio.ko", "drivers/virtio/virtio_pci_modern_dev.ko",
        "drivers/virtio/virtio_pci_legacy_dev.ko", "drivers/virtio/virtio_pci.ko", "drivers/virtio/virtio_mmio.ko",
        "drivers/block/virtio_blk.ko", "net/core/failover.ko", "drivers/net/net_failover.ko", "drivers/net/virtio_net.ko",
        "drivers/virtio/virtio_balloon.ko", "drivers/input/evdev.ko", "drivers/acpi/button.ko",
    ];

    private static readonly Lazy<Task<TestGuest>> s_shared = new(BuildAsync);

    public static Task<TestGuest> GetAsync() => s_shared.Value;

    private static async Task<TestGuest> BuildAsync()
    {
        string cache = Path.Combine(CacheFolder(), "test-guest");
        Directory.CreateDirectory(cache);
        using FileStream turn = await TakeTurnAsync(Path.Combine(cache, "lock"));
        string kernel = await KernelAsync(cache);
        string bzImage = Directory.GetFiles(Path.Combine(kernel, "boot"), "vmlinuz-*").Single();
        string vmlinux = Path.Combine(kernel, "vmlinux");
        if (!File.Exists(vmlinux))
        {
            await WriteWholeAsync(vmlinux, Uncompress(await File.ReadAllBytesAsync(bzImage)));
        }

        string key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(GuestInitSource.Text + string.Join(' ', s_modules))))[..16];
        string initramfs = Path.Combine(kernel, $"initramfs-{key}.cpio");
        if (!File.Exists(initramfs))
        {
            await WriteWholeAsync(initramfs, await InitramfsAsync(kernel));
        }

        return new TestGuest(bzImage, vmlinux, initramfs);
    }

    private static string CacheFolder()
    {
        if (Environment.GetEnvironmentVariable("VIPER_CACHE_DIR") is { Length: > 0 } set)
        {
            return set;
        }

        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Viper.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? Path.GetTempPath(), "artifacts", "cache");
    }

    // Test programs run side by side; the first one makes the files and the others wait.
    private static async Task<FileStream> TakeTurnAsync(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(100);
            }
        }
    }

    private static async Task<string> KernelAsync(string cache)
    {
        string folder = Path.Combine(cache, "kernel");
        if (Directory.Exists(folder))
        {
            return folder;
        }

        string depends = await ToolRun.RunAsync("apt-cache", ["depends", "linux-image-cloud-amd64"]);
        string package = depends.Split('\n').First(line => line.Contains("Depends: linux-image-")).Split(": ")[1].Trim();
        string work = Path.Combine(cache, $"work-{Environment.ProcessId}");
        Directory.CreateDirectory(work);
        await ToolRun.RunAsync("apt-get", ["-o", "APT::Sandbox::User=root", "download", package], work);
        await ToolRun.RunAsync("dpkg-deb", ["-x", Directory.GetFiles(work, "*.deb").Single(), Path.Combine(work, "tree")]);
        Directory.Move(Path.Combine(work, "tree"), folder);
        Directory.Delete(work, recursive: true);
        return folder;
    }

    // setup_sects at 0x1f1, payload_offset at 0x248, payload_length at 0x24c: Documentation/arch/x86/boot.rst.
    private static byte[] Uncompress(ReadOnlySpan<byte> bzImage)
    {
        int start = ((bzImage[0x1f1] + 1) * 512) + BinaryPrimitives.ReadInt32LittleEndian(bzImage[0x248..]);
        return Lz4Legacy.Unpack(bzImage.Slice(start, BinaryPrimitives.ReadInt32LittleEndian(bzImage[0x24c..])));
    }

    private static async Task<byte[]> InitramfsAsync(string kernel)
    {
        string program = Path.Combine(kernel, $"init-{Environment.ProcessId}");
        await ToolRun.RunAsync("cc", ["-static", "-Os", "-Wall", "-x", "c", "-", "-o", program], input: GuestInitSource.Text);
        using MemoryStream archive = new();
        CpioWriter writer = new(archive);
        writer.Directory("dev");
        writer.Directory("modules");
        writer.CharacterDevice("dev/console", 5, 1);
        writer.File("init", await File.ReadAllBytesAsync(program));
        string modules = Path.Combine(Directory.GetDirectories(Path.Combine(kernel, "lib/modules")).Single(), "kernel");
        for (int i = 0; i < s_modules.Length; i++)
        {
            writer.File($"modules/{i:D2}.ko", await File.ReadAllBytesAsync(Path.Combine(modules, s_modules[i])));
        }

        writer.Finish();
        File.Delete(program);
        return archive.ToArray();
    }

    private static async Task WriteWholeAsync(string path, byte[] content)
    {
        string aside = $"{path}.{Environment.ProcessId}";
        await File.WriteAllBytesAsync(aside, content);
        File.Move(aside, path, overwrite: true);
    }
}
