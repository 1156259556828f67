using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Viper.TestKit.Hypervisor.StandIn.Interop;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>A terminal whose other end a viewer opens by its path.</summary>
internal sealed class PseudoTerminal : IDisposable
{
    private readonly SafeFileHandle _handle;

    public unsafe PseudoTerminal()
    {
        _handle = new SafeFileHandle(Libc.posix_openpt(Libc.O_RDWR | Libc.O_NOCTTY), ownsHandle: true);
        const int Limit = 64;
        byte* name = stackalloc byte[Limit];
        if (_handle.IsInvalid || Libc.grantpt(_handle) != 0 || Libc.unlockpt(_handle) != 0 || Libc.ptsname_r(_handle, name, Limit) != 0)
        {
            throw new IOException("no terminal could be made", new Win32Exception(Marshal.GetLastPInvokeError()));
        }

        Path = Encoding.ASCII.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
    }

    /// <summary>The path of the viewer's end.</summary>
    public string Path { get; }

    public void Dispose() => _handle.Dispose();
}
