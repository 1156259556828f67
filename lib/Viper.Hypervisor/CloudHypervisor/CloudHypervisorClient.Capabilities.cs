using System.Text;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor;

/// <summary>What the program can do.</summary>
public sealed partial class CloudHypervisorClient
{
    // No mode will ever be named so.
    private const string NoMode = "ViperAsksForNothing";

    /// <summary>Asks the program what it can do. Takes some forty short requests and changes nothing.</summary>
    /// <remarks>
    /// An operation is asked for with the method that it does not have: 400 from a program that knows it, 404 from one that does not.
    /// A restore mode is asked for with a source that no program can open, so that only the name is looked at.
    /// </remarks>
    public async Task<CloudHypervisorCapabilities> CapabilitiesAsync(CancellationToken cancellationToken = default)
    {
        VmmPing program = await PingAsync(cancellationToken).ConfigureAwait(false);
        HashSet<string> operations = [];
        foreach (ApiOperation operation in ApiOperation.All)
        {
            if (await StatusOfAsync(operation.ToProbe(), null, cancellationToken).ConfigureAwait(false) != 404)
            {
                operations.Add(operation.Name);
            }
        }

        IReadOnlySet<MemoryRestoreMode> modes = new HashSet<MemoryRestoreMode>();
        bool refuses = false;
        if (operations.Contains(ApiOperation.Restore.Name))
        {
            modes = await RestoreModesAsync(cancellationToken).ConfigureAwait(false);
            refuses = !await KnowsModeAsync(NoMode, cancellationToken).ConfigureAwait(false);
        }

        return new CloudHypervisorCapabilities
        {
            Program = program,
            Operations = operations,
            RestoreModes = modes,
            RefusesUnknownNames = refuses,
        };
    }

    /// <summary>Asks only for the ways of restoring memory: at most three requests.</summary>
    internal async Task<IReadOnlySet<MemoryRestoreMode>> RestoreModesAsync(CancellationToken cancellationToken)
    {
        HashSet<MemoryRestoreMode> modes = [MemoryRestoreMode.Copy];
        if (await KnowsModeAsync(NoMode, cancellationToken).ConfigureAwait(false))
        {
            return modes;
        }

        foreach (MemoryRestoreMode mode in (MemoryRestoreMode[])[MemoryRestoreMode.OnDemand, MemoryRestoreMode.CopyOnWrite])
        {
            if (await KnowsModeAsync(mode.ToString(), cancellationToken).ConfigureAwait(false))
            {
                modes.Add(mode);
            }
        }

        return modes;
    }

    // 400: the body cannot be read. Anything else: it was read, and the source or the state was at fault.
    private async Task<bool> KnowsModeAsync(string mode, CancellationToken cancellationToken)
    {
        byte[] body = Encoding.ASCII.GetBytes($$"""{"source_url":"none:","memory_restore_mode":"{{mode}}"}""");
        return await StatusOfAsync(ApiOperation.Restore, body, cancellationToken).ConfigureAwait(false) != 400;
    }

    private async Task<int> StatusOfAsync(ApiOperation operation, byte[]? body, CancellationToken cancellationToken)
    {
        try
        {
            return (await SendAsync(operation, body, [], cancellationToken).ConfigureAwait(false)).Status;
        }
        catch (VmmApiException e) when (e is { Status: { } status, IsTransient: false, Survival: VmmSurvival.Alive })
        {
            return status;
        }
    }
}
