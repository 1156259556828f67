using System.Runtime.ExceptionServices;

namespace Viper.Hypervisor.Processes;

/// <summary>A thread that lives for one spawn, for what it does to itself alone: joining a control group, leaving the table of descriptors.</summary>
internal static class SpawnThread
{
    /// <summary>Runs the work on a new thread to its end; its error is the caller's.</summary>
    public static T Run<T>(Func<T> work)
        where T : struct
    {
        T result = default;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                result = work();
            }
#pragma warning disable CA1031 // An error must not end the thread, and the program with it; the caller gets it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            IsBackground = true,
            Name = "viper-spawn",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
