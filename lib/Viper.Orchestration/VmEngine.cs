using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Viper.Contracts;
using Viper.Orchestration.Admission;
using Viper.Orchestration.Guest;
using Viper.Orchestration.Internal;
using Viper.State;

namespace Viper.Orchestration;

/// <summary>The engine of one state directory; only one can be open on it at a time.</summary>
/// <remarks>Thread-safe. Disposal stops every VM in order and waits for that.</remarks>
public sealed partial class VmEngine : IVmEngine, IAsyncDisposable
{
    private readonly EngineParts _parts;
    private readonly StateLock _lock;
    private readonly ConcurrentDictionary<string, VmActor> _actors = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing = new();
    private readonly long _opened;
    private Task _reconciling = Task.CompletedTask;

    private VmEngine(EngineParts parts, StateLock stateLock)
    {
        _parts = parts;
        _lock = stateLock;
        _opened = parts.Time.GetTimestamp();
    }

    /// <summary>Opens the state directory, takes over the VMs of an earlier daemon, removes what that left half-done, and takes commands from then on.</summary>
    /// <exception cref="EngineException">Another daemon has the state directory, or it cannot be used.</exception>
    public static Task<VmEngine> OpenAsync(EngineSettings settings, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(loggers);
        return OpenAsync(
            settings,
            loggers,
            s => new HostVmNetwork(s, loggers.CreateLogger("Viper.Network")),
            static s => new SelectedHypervisor(s),
            static s => new StoredImages(s),
            new HttpAgentProbe(),
            TimeProvider.System,
            cancellationToken);
    }

    internal static async Task<VmEngine> OpenAsync(
        EngineSettings settings,
        ILoggerFactory loggers,
        Func<EngineSettings, IVmNetwork> network,
        Func<EngineSettings, IHypervisorSource> hypervisors,
        Func<EngineSettings, IImageSource> images,
        IAgentProbe agents,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        EngineFolders.Create(settings);
        StateLock stateLock = StateLock.Take(settings.StateDirectory);
        try
        {
            StateStore store = StateStore.Open(
                Path.Combine(settings.StateDirectory, "state.db"), new StateStoreOptions { Time = time, Quarantine = settings.AddressQuarantine });
            try
            {
                HashSet<IPAddress> reserved = [settings.HostAddress];
                store.SeedPool(settings.Subnet, reserved);
                EngineParts parts = new(
                    settings, store, network(settings), hypervisors(settings), images(settings), agents,
                    new VmAdmission(settings, time), new ChangeSignal(), time, loggers.CreateLogger("Viper.Engine"));
                VmEngine engine = new(parts, stateLock);
                RecoveredVms recovered = await new Recovery(parts).RunAsync(cancellationToken).ConfigureAwait(false);
                engine.LoadActors(recovered.Adopted);
                parts.Network.Serve(engine.ReportDenied, engine.ReportRepaired);
                await engine.LookForHypervisorAsync(cancellationToken).ConfigureAwait(false);
                engine.RestartLost(recovered.Lost);
                engine._reconciling = engine.ReconcileAsync();
                return engine;
            }
            catch
            {
                store.Dispose();
                throw;
            }
        }
        catch (StateException e)
        {
            stateLock.Dispose();
            throw EngineProblems.Storage(e);
        }
        catch
        {
            stateLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
        {
            return;
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await _reconciling.ConfigureAwait(false);
        await Task.WhenAll(_actors.Values.Select(StopForGoodAsync)).ConfigureAwait(false);
        _parts.Store.Dispose();
        (_parts.Agents as IDisposable)?.Dispose();
        (_parts.Network as IDisposable)?.Dispose();
        _lock.Dispose();
        _closing.Dispose();
    }

    private void ReportDenied(string tap, NetworkDeniedData data) =>
        _actors.Values.FirstOrDefault(actor => actor.Record.TapName == tap)?.ReportDenied(data);

    private async Task StopForGoodAsync(VmActor actor)
    {
        try
        {
            await actor.StopAsync(_parts.Settings.StopGrace, "the daemon was shut down").ConfigureAwait(false);
        }
        catch (EngineException)
        {
            // Deleted in the meantime.
        }
#pragma warning disable CA1031 // One VM that cannot be stopped must not keep the others; the next start of the daemon ends it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.CommandFailed(_parts.Log, actor.Record.Name, e);
        }

        await actor.CloseAsync().ConfigureAwait(false);
    }

    private async Task LookForHypervisorAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _parts.Hypervisors.FindAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException)
        {
            // The status says so, and each create looks again.
        }
    }

    private void LoadActors(IReadOnlyDictionary<string, AdoptedVm> adopted)
    {
        for (string after = ""; ;)
        {
            IReadOnlyList<VmRecord> page = _parts.Store.ListVms(new VmQuery { AfterName = after, Limit = 500 });
            foreach (VmRecord record in page)
            {
                VmActor actor = new(_parts, record);
                if (adopted.TryGetValue(record.Id, out AdoptedVm? living))
                {
                    actor.Adopt(living.Run, living.Machine);
                }

                actor.Begin();
                _actors[record.Name] = actor;
                after = record.Name;
            }

            if (page.Count < 500)
            {
                return;
            }
        }
    }

    private void RestartLost(IReadOnlySet<string> lost)
    {
        foreach (VmActor actor in _actors.Values.Where(actor => lost.Contains(actor.Record.Id)))
        {
            actor.RestartLost();
        }
    }

    private VmActor Find(string name) =>
        _actors.TryGetValue(name, out VmActor? actor) && !actor.IsDeleted ? actor : throw EngineProblems.NotFound(name);

    private void RefuseWhenClosing()
    {
        if (_closing.IsCancellationRequested)
        {
            throw EngineProblems.ShuttingDown();
        }
    }
}
