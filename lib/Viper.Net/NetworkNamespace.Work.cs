using System.Globalization;
using System.Net.Sockets;

using Microsoft.Win32.SafeHandles;

using Viper.Net.Interop;

namespace Viper.Net;

public sealed partial class NetworkNamespace
{
    /// <summary>Runs work inside on a thread of its own, without holding the caller's.</summary>
    /// <remarks>The work must not await: what follows would go on in another thread, outside.</remarks>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                EnterThread();
                done.SetResult(work());
            }
#pragma warning disable CA1031 // Whatever the work throws belongs to whoever awaits it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        })
        {
            IsBackground = true,
            Name = "network namespace",
        };
        thread.Start();
        return done.Task;
    }

    /// <summary>Opens a socket inside, to be used anywhere: it belongs to the namespace for life.</summary>
    public Socket OpenSocket(AddressFamily family, SocketType type, ProtocolType protocol) => Run(() => new Socket(family, type, protocol));

    /// <summary>What tells two namespaces apart: the kernel's number of the file behind the descriptor.</summary>
    private static ulong Identity(SafeFileHandle handle)
    {
        // The symbolic link of a descriptor opened by a name says that name; the information beside it tells the inode.
        using HandleLease descriptor = HandleLease.Of(handle);
        string line = File.ReadLines($"/proc/self/fdinfo/{descriptor.Value}").Single(static line => line.StartsWith("ino:", StringComparison.Ordinal));
        return ulong.Parse(line.AsSpan("ino:".Length).Trim(), CultureInfo.InvariantCulture);
    }
}
