using Viper.Hypervisor;

namespace Viper.Orchestration.Internal;

/// <summary>The VMM that the settings and the host's abilities choose.</summary>
internal sealed class SelectedHypervisor(EngineSettings settings) : IHypervisorSource
{
    private volatile IHypervisor? _known;
    private volatile string? _problem;

    public IHypervisor? Known => _known;

    public string? Problem => _problem;

    public async ValueTask<IHypervisor> FindAsync(CancellationToken cancellationToken)
    {
        if (_known is { } known && File.Exists(known.Info.ProgramPath))
        {
            return known;
        }

        try
        {
            IHypervisor found = await HypervisorSelection.SelectAsync(Options(), cancellationToken).ConfigureAwait(false);
            _problem = null;
            _known = found;
            return found;
        }
        catch (HypervisorException e)
        {
            _known = null;
            _problem = e.Message;
            throw EngineProblems.HostNotReady(e.Message, e);
        }
    }

    private HypervisorOptions Options() => HypervisorSelection.TryParse(settings.Hypervisor, out HypervisorChoice choice)
        ? new HypervisorOptions { Choice = choice, QemuPath = settings.QemuPath, CloudHypervisorPath = settings.CloudHypervisorPath }
        : throw EngineProblems.HostNotReady($"The hypervisor '{settings.Hypervisor}' is none of auto, qemu, cloud-hypervisor; set VIPER_HYPERVISOR or --hypervisor.");
}
