using System.Runtime.InteropServices;
using Viper.Agent.Interop;

namespace Viper.Agent.Tests;

/// <summary>Memory mounted on a folder of the test's own, gone at its end.</summary>
internal sealed partial class TempMount : IDisposable
{
    private const int Detach = 2; // MNT_DETACH

    private readonly string _path;

    internal TempMount(string path, string options)
    {
        _path = path;
        Assert.True(mount("tmpfs", path, "tmpfs", 0, options) == 0, SystemCallException.Last($"mount {path}").Message);
    }

    public void Dispose() => Assert.Equal(0, umount2(_path, Detach));

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
