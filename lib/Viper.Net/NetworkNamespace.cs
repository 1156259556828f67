using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

using Viper.Net.Interop;

namespace Viper.Net;

/// <summary>A network namespace that this process holds open.</summary>
/// <remarks>
/// Safe for many threads at once. A namespace without a name lives as long as something holds it: this object, a thread,
/// a socket. Making and entering one needs CAP_SYS_ADMIN.
/// </remarks>
public sealed partial class NetworkNamespace : IDisposable
{
    private NetworkNamespace(string? name, SafeFileHandle handle)
    {
        Name = name;
        Handle = handle;
    }

    /// <summary>Its name under /run/netns, or null.</summary>
    public string? Name { get; }

    /// <summary>Its descriptor, closed with this object.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>The namespace of the calling thread.</summary>
    /// <exception cref="NetworkNamespaceException">/proc is not there.</exception>
    public static NetworkNamespace OpenCurrent() => new(null, OpenPath("/proc/thread-self/ns/net", "open the current network namespace"));

    /// <summary>The namespace of a process.</summary>
    /// <exception cref="NetworkNamespaceException">There is no such process, or it is not ours to look into.</exception>
    public static NetworkNamespace OpenProcess(int processId) =>
        new(null, OpenPath($"/proc/{processId}/ns/net", "open the network namespace of a process"));

    /// <summary>Makes a namespace without a name; its loopback is down.</summary>
    /// <exception cref="NetworkNamespaceException">The kernel refused.</exception>
    public static NetworkNamespace CreateAnonymous() => OnNewThread(() =>
    {
        UnshareThread(null);
        return OpenCurrent();
    });

    /// <summary>Runs work on a thread of its own inside the namespace and waits for it.</summary>
    /// <remarks>
    /// The thread ends with the work, so that it never serves anything else. Sockets and processes that the work makes stay
    /// in the namespace, wherever they are used afterwards. Asynchronous continuations do not: they run on the pool, outside.
    /// </remarks>
    /// <returns>What the work returned; what it throws is thrown here.</returns>
    /// <exception cref="NetworkNamespaceException">The namespace could not be entered.</exception>
    public T Run<T>(Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return OnNewThread(() =>
        {
            EnterThread();
            return work();
        });
    }

    /// <inheritdoc cref="Run{T}(Func{T})"/>
    public void Run(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Run(() =>
        {
            work();
            return true;
        });
    }

    /// <summary>Closes the descriptor; a namespace with a name stays.</summary>
    public void Dispose() => Handle.Dispose();

    private static T OnNewThread<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                result = work();
            }
#pragma warning disable CA1031 // Whatever the work throws belongs to the caller, who is on another thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            IsBackground = true,
            Name = "network namespace",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    private static void UnshareThread(string? name)
    {
        if (Libc.unshare(SystemConstants.CLONE_NEWNET) < 0)
        {
            throw new NetworkNamespaceException("create network namespace", name, Marshal.GetLastPInvokeError());
        }
    }

    private void EnterThread()
    {
        if (Libc.setns(Handle, SystemConstants.CLONE_NEWNET) < 0)
        {
            throw new NetworkNamespaceException("enter network namespace", Name, Marshal.GetLastPInvokeError());
        }
    }

    private static SafeFileHandle OpenPath(string path, string operation, string? target = null)
    {
        int fd = Libc.open(path, SystemConstants.O_RDONLY | SystemConstants.O_CLOEXEC, 0);
        return fd >= 0
            ? new SafeFileHandle(fd, ownsHandle: true)
            : throw new NetworkNamespaceException(operation, target ?? path, Marshal.GetLastPInvokeError());
    }
}
