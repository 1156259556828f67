namespace Viper.TestKit.Hypervisor;

/// <summary>How a stand-in runs.</summary>
public sealed record StandInOptions
{
    /// <summary>Where it listens; null for nowhere.</summary>
    public string? ApiSocketPath { get; init; }

    /// <summary>A socket that listens already, which the stand-in then owns; null to make one.</summary>
    public System.Net.Sockets.Socket? ApiListener { get; init; }

    /// <summary>Where its events go; the stand-in owns it.</summary>
    public Stream? Events { get; init; }

    /// <summary>What goes wrong.</summary>
    public IReadOnlyList<StandInFault> Faults { get; init; } = [];

    /// <summary>Whether it lives on when the guest powers off.</summary>
    public bool NoShutdown { get; init; }

    /// <summary>Whether the host's KVM refuses to give what a snapshot needs.</summary>
    public bool RefusesSnapshot { get; init; }

    /// <summary>Whether the program was built with guest debugging, without which vm.coredump is not known.</summary>
    public bool GuestDebug { get; init; }

    /// <summary>How long a boot waits for the socket of another process's device.</summary>
    public TimeSpan VhostUserWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether each connection keeps a thread that waits in the kernel, as the program's one thread does; for few connections only.</summary>
    public bool WaitsInTheKernel { get; init; }

    /// <summary>Where it writes what the program writes to standard error; nowhere by default.</summary>
    public TextWriter Complaints { get; init; } = TextWriter.Null;

    /// <summary>What ends the process at once, for <see cref="StandInFaultKind.Die"/>; by default it only ends as if it had.</summary>
    public Action? Die { get; init; }
}
