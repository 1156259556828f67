using Viper.Hypervisor.CloudHypervisor;
using Viper.Hypervisor.Machines;
using Viper.Hypervisor.Processes;
using Viper.Hypervisor.Qemu;

namespace Viper.Hypervisor;

/// <summary>Finds the hypervisor to use on this host.</summary>
public static class HypervisorSelection
{
    private const string QemuProgram = "qemu-system-x86_64";
    private const string CloudHypervisorProgram = "cloud-hypervisor";

    /// <summary>Reads a setting: <c>auto</c>, <c>qemu</c> or <c>cloud-hypervisor</c>.</summary>
    /// <returns>False when the text is none of these.</returns>
    public static bool TryParse(string? text, out HypervisorChoice choice)
    {
        (bool known, choice) = text switch
        {
            "auto" => (true, HypervisorChoice.Auto),
            "qemu" => (true, HypervisorChoice.Qemu),
            "cloud-hypervisor" => (true, HypervisorChoice.CloudHypervisor),
            _ => (false, HypervisorChoice.Auto),
        };
        return known;
    }

    /// <summary>Decides, runs the program once for its version, and returns a hypervisor that is ready to start machines.</summary>
    /// <exception cref="HypervisorProgramMissingException">The program is not there; the message says what brings it.</exception>
    /// <exception cref="HypervisorUnsupportedException">The host cannot do what was chosen.</exception>
    public static async Task<IHypervisor> SelectAsync(HypervisorOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        HypervisorDecision decision = Decide(options, HostFacts.Read());
        string version = await ReadVersionAsync(decision, cancellationToken).ConfigureAwait(false);
        HypervisorInfo info = new(decision.ProgramPath, version, decision.Accelerator, MachineTypeOf(options, decision.Kind))
        {
            Capabilities = decision.Kind == HypervisorKind.CloudHypervisor
                ? CloudHypervisorMachine.AllCapabilities
                : QemuMachine.CapabilitiesOf(options.QemuMachine),
        };
        if (decision.Kind == HypervisorKind.CloudHypervisor)
        {
            return new CloudHypervisorVmm(info);
        }

        long kilohertz = decision.Accelerator == Accelerator.Tcg ? TscClock.Kilohertz : 0;
        return new QemuHypervisor(
            info, new QemuSettings(options.QemuMachine, decision.Accelerator, UnprivilegedUser.Find(), kilohertz));
    }

    /// <summary>The decision alone, from given facts.</summary>
    internal static HypervisorDecision Decide(HypervisorOptions options, HostFacts facts)
    {
        string? cloudHypervisor = facts.FindProgram(options.CloudHypervisorPath ?? CloudHypervisorProgram);
        if (options.Choice == HypervisorChoice.CloudHypervisor)
        {
            return cloudHypervisor is null
                ? throw CloudHypervisorVmm.Missing(options.CloudHypervisorPath ?? CloudHypervisorProgram)
                : new HypervisorDecision(HypervisorKind.CloudHypervisor, cloudHypervisor, Accelerator.Kvm);
        }

        if (options.Choice == HypervisorChoice.Auto && cloudHypervisor is not null && facts.RunsKvmGuests)
        {
            return new HypervisorDecision(HypervisorKind.CloudHypervisor, cloudHypervisor, Accelerator.Kvm);
        }

        string qemu = facts.FindProgram(options.QemuPath ?? QemuProgram)
            ?? throw QemuHypervisor.Missing(options.QemuPath ?? QemuProgram);
        return new HypervisorDecision(HypervisorKind.Qemu, qemu, AcceleratorFor(options.Accelerator, facts));
    }

    private static Accelerator AcceleratorFor(AcceleratorChoice choice, HostFacts facts)
    {
        if (choice == AcceleratorChoice.Kvm && !facts.KvmOpens)
        {
            throw new HypervisorUnsupportedException(
                "The accelerator kvm was chosen, but /dev/kvm cannot be opened for reading and writing. " +
                "Enable virtualisation and give this user access to /dev/kvm, or choose tcg.");
        }

        bool kvm = choice == AcceleratorChoice.Kvm || (choice == AcceleratorChoice.Auto && facts.RunsKvmGuests);
        return kvm ? Accelerator.Kvm : Accelerator.Tcg;
    }

    private static string MachineTypeOf(HypervisorOptions options, HypervisorKind kind) => kind switch
    {
        HypervisorKind.CloudHypervisor => "cloud-hypervisor",
        _ => options.QemuMachine == QemuMachineType.Q35 ? "q35" : "microvm",
    };

    private static async Task<string> ReadVersionAsync(HypervisorDecision decision, CancellationToken cancellationToken)
    {
        try
        {
            string output = await ProgramOutput.ReadAsync(decision.ProgramPath, ["--version"], cancellationToken).ConfigureAwait(false);
            return output.AsSpan().Trim().ToString().Split('\n')[0].Trim();
        }
        catch (ProcessSpawnException e) when (e.IsProgramMissing)
        {
            throw decision.Kind == HypervisorKind.Qemu
                ? QemuHypervisor.Missing(decision.ProgramPath, e)
                : CloudHypervisorVmm.Missing(decision.ProgramPath, e);
        }
    }
}
