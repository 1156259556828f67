using System.Net;
using System.Net.Sockets;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>The files that the recording's requests name, in a folder of their own; translates between their names and the recorded ones.</summary>
/// <remarks>
/// The recording's paths were renamed after it was made, the columns in its errors were not. So the folders here have the
/// lengths that the paths had then: 16 for /run/viper, 21 for /srv/guest/vmlinux.
/// </remarks>
public sealed class RecordedPlaces : IDisposable
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const long DiskSize = 64 << 20;
    private const long PmemSize = 32 << 20;

    private readonly string _root;
    private readonly (string Recorded, string Here)[] _names;

    public RecordedPlaces()
    {
        do
        {
            _root = "/tmp/vh-" + string.Concat(Random.Shared.GetItems<char>(Letters, 6));
        }
        while (Directory.Exists(_root));

        Directory.CreateDirectory(Run);
        foreach (string folder in (string[])["snapA", "snapT"])
        {
            Directory.CreateDirectory($"{Run}/{folder}");
        }

        File.WriteAllBytes($"{_root}/kernel", [0x7f, .. "ELF"u8]);
        File.WriteAllBytes($"{_root}/tiny-echo.elf", [0x7f, .. "ELF"u8]);
        File.WriteAllBytes($"{_root}/vmlinuz-6.1.0-56-cloud-amd64", [.. new byte[0x202], .. "HdrS"u8]);
        Make("disk1.img", DiskSize);
        Make("disk2.img", DiskSize);
        Make("disk3.img", DiskSize);
        Make("pmem.img", PmemSize);
        _names =
        [
            ("/srv/guest/vmlinux\"", $"{_root}/kernel\""),
            ("/run/viper", Run),
            ("/srv/guest/", $"{_root}/"),
            ("127.0.0.1:39001", $"127.0.0.1:{FreePort()}"),
        ];
    }

    /// <summary>The folder that stands for /run/viper.</summary>
    public string Run => $"{_root}/r";

    /// <summary>A text with recorded names, in the names of this machine.</summary>
    public string Here(string text) => _names.Aggregate(text, (each, name) => each.Replace(name.Recorded, name.Here, StringComparison.Ordinal));

    /// <summary>A text with names of this machine, in the recorded ones.</summary>
    public string Recorded(string text) => _names.Aggregate(text, (each, name) => each.Replace(name.Here, name.Recorded, StringComparison.Ordinal));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private void Make(string name, long size)
    {
        using FileStream file = new($"{Run}/{name}", FileMode.CreateNew);
        file.SetLength(size);
    }
}
