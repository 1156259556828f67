using System.Runtime.CompilerServices;

namespace Viper.Daemon.Hosting;

/// <summary>The threads that watch sockets, one for each processor, and the way off them.</summary>
/// <remarks>
/// The runtime hands what a socket brings to a thread of the pool, which costs a relayed command as much as all else that is done for it.
/// Here it is handled where it is seen. On such a thread nobody may block: other sockets wait meanwhile. The relay never does; all else
/// leaves before it begins.
/// </remarks>
internal static class SocketThreads
{
    // SocketAsyncEngine of dotnet/runtime reads it once, with the first socket of a program.
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Has this program handle what its sockets bring on the threads that watch them; to be called before its first socket.</summary>
    internal static void HandleInPlace()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, "1");
        }
    }

    /// <summary>What follows runs on a thread of the pool.</summary>
    internal static ConfiguredTaskAwaitable Leave() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}
