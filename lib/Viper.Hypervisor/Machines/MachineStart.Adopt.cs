using Viper.Hypervisor.Processes;

namespace Viper.Hypervisor.Machines;

/// <summary>Taking over a machine that an earlier program started.</summary>
internal sealed partial class MachineStart
{
    /// <summary>Attaches to a living VMM, or removes what a dead one left and answers null.</summary>
    /// <remarks>
    /// Nothing that fails here touches the VMM. <paramref name="files"/> names what the VMM keeps in its run folder, such as its
    /// sockets and the locks of them; all of it is removed once the VMM has ended.
    /// </remarks>
    /// <param name="spec">The description with which the machine was started.</param>
    /// <param name="info">The program.</param>
    /// <param name="identity">The process.</param>
    /// <param name="files">The names of the VMM's files in the run folder.</param>
    /// <param name="limit">How long attaching may take.</param>
    /// <param name="attach">Connects to the sockets; what it hands to <see cref="Own"/> is disposed of if it fails.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<IMachine?> AdoptAsync(
        MachineSpec spec,
        HypervisorInfo info,
        ProcessIdentity identity,
        IReadOnlyList<string> files,
        TimeSpan limit,
        Func<MachineStart, CancellationToken, Task<SupervisedMachine>> attach,
        CancellationToken cancellationToken)
    {
        MachineFiles taken = new(spec);
        ChildProcess? process = ChildProcess.TryAttach(identity);
        taken.TakeOver(files, process?.Identity.Pid);
        MachineStart adoption = new(taken, info, null) { _process = process };
        if (process is null)
        {
            // Somebody lives there all the same: a machine of a later start, whose files and group are not ours to remove.
            if (files.Select(file => Path.Combine(spec.RunDirectory, file)).Any(static path => UnixListener.Fits(path) && UnixListener.IsLive(path)))
            {
                taken.FinishOutput();
                return null;
            }

            await adoption.CleanAsync().ConfigureAwait(false);
            return null;
        }

        try
        {
            return await adoption.LaunchAsync(attach, limit, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await adoption.DisposeOwnedAsync().ConfigureAwait(false);
            if (process.Exited.IsCompleted)
            {
                await adoption.CleanAsync().ConfigureAwait(false);
                return null;
            }

            taken.FinishOutput();
            if (e is VmmConnectionException && !cancellationToken.IsCancellationRequested)
            {
                throw new VmmConnectionException(
                    "adopt",
                    $"the process {identity.Pid} lives, but did not answer on its sockets in '{spec.RunDirectory}' within {limit.TotalSeconds} s. "
                    + "Another program may hold the connection",
                    e);
            }

            throw;
        }
    }

    private async Task CleanAsync()
    {
        Files.FinishOutput();
        await Files.Group.RemoveAsync().ConfigureAwait(false);
        Files.RemoveSockets();
    }
}
