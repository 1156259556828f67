using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

using Viper.Net.Interop;

namespace Viper.Net;

public sealed partial class NetworkNamespace
{
    /// <summary>Starts this program again, in place of itself, wholly inside a named namespace.</summary>
    /// <remarks>
    /// A namespace is a property of a thread, and the runtime has many before <c>Main</c> begins; only a program that is
    /// executed inside has all of its threads there. The process keeps its id and its descriptors without close-on-exec.
    /// The caller marks the environment or the arguments so that the second run does not do it again. On success this does
    /// not return, and no finally block runs. A handler of a signal dies with the program that is replaced, and what it had
    /// accepted would be lost: SIGTERM, SIGINT, SIGHUP and SIGQUIT are set to end the process first, and stay so if the call
    /// fails; those that came before have been handed to their handlers when <paramref name="lastWord"/> runs. The runtime's diagnostic endpoints, which are files, are removed; the new
    /// program makes its own.
    /// </remarks>
    /// <param name="name">The namespace.</param>
    /// <param name="arguments">The whole argument vector, that of the program's own name included; see <see cref="CurrentArguments"/>.</param>
    /// <param name="environment">The whole environment.</param>
    /// <param name="lastWord">
    /// Runs on the calling thread just before the process is replaced; a caller that was told to stop in the meantime throws here.
    /// </param>
    /// <exception cref="ArgumentException">No arguments, or a NUL character in one.</exception>
    /// <exception cref="NetworkNamespaceException">There is no such namespace, it could not be entered, or the program did not start; the calling thread may then be inside.</exception>
    [DoesNotReturn]
    public static void ReExecute(
        string name, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, Action? lastWord = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentOutOfRangeException.ThrowIfZero(arguments.Count, nameof(arguments));
        throw new NetworkNamespaceException("start again inside network namespace", name, Execute(name, arguments, environment, lastWord));
    }

    /// <summary>The argument vector of this process as the kernel has it, for <see cref="ReExecute"/>.</summary>
    public static IReadOnlyList<string> CurrentArguments()
    {
        string all = Encoding.UTF8.GetString(File.ReadAllBytes("/proc/self/cmdline"));
        return all.EndsWith('\0') ? all[..^1].Split('\0') : all.Split('\0');
    }

    /// <summary>Comes back with an errno, or not at all.</summary>
    private static unsafe int Execute(
        string name, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, Action? lastWord)
    {
        using NetworkNamespace destination = Open(name);
        byte** argv = Vector(arguments);
        byte** envp = Vector([.. environment.Select(pair => $"{pair.Key}={pair.Value}")]);
        try
        {
            LetSignalsEndTheProcess();
            lastWord?.Invoke();
            RemoveDiagnosticEndpoints();
            destination.EnterThread();
            // SAFETY: both vectors end in a null pointer and hold NUL-terminated text that nobody frees before exec.
            _ = Libc.execve("/proc/self/exe", argv, envp);
            return Marshal.GetLastPInvokeError();
        }
        finally
        {
            Free(argv);
            Free(envp);
        }
    }

    private static void LetSignalsEndTheProcess()
    {
        const nint SIG_DFL = 0;
        foreach (int signal in (ReadOnlySpan<int>)[SystemConstants.SIGTERM, SystemConstants.SIGINT, SystemConstants.SIGHUP, SystemConstants.SIGQUIT])
        {
            _ = Libc.signal(signal, SIG_DFL);
        }

        // The runtime hands signals to managed code one after the other: when this one is there, those before it are.
        using ManualResetEventSlim settled = new();
        using PosixSignalRegistration last = PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => settled.Set());
        if (Libc.kill(Environment.ProcessId, SystemConstants.SIGCONT) == 0)
        {
            settled.Wait();
        }
    }

    /// <summary>The runtime names them for the process, which stays the same, and removes them only at an orderly end, which does not come.</summary>
    private static void RemoveDiagnosticEndpoints()
    {
        foreach (string kind in (string[])["dotnet-diagnostic", "clr-debug-pipe"])
        {
            foreach (string endpoint in Directory.EnumerateFiles(Path.GetTempPath(), $"{kind}-{Environment.ProcessId}-*"))
            {
                File.Delete(endpoint);
            }
        }
    }

    private static unsafe byte** Vector(IReadOnlyList<string> items)
    {
        foreach (string item in items)
        {
            if (item.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException("Arguments and environment cannot hold NUL characters.", nameof(items));
            }
        }

        byte** vector = (byte**)NativeMemory.AllocZeroed((nuint)items.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < items.Count; i++)
        {
            vector[i] = (byte*)Marshal.StringToCoTaskMemUTF8(items[i]);
        }

        return vector;
    }

    private static unsafe void Free(byte** vector)
    {
        for (byte** item = vector; *item != null; item++)
        {
            Marshal.FreeCoTaskMem((nint)(*item));
        }

        NativeMemory.Free(vector);
    }
}
