namespace Viper.Hypervisor;

/// <summary>The program of a hypervisor was not found or cannot be run; nothing was started.</summary>
public sealed class HypervisorProgramMissingException : HypervisorException
{
    internal HypervisorProgramMissingException(HypervisorKind kind, string program, string remedy, Exception? inner = null)
        : base($"The program '{program}' of the hypervisor {kind} was not found or cannot be executed. {remedy}", inner)
    {
        Kind = kind;
        Program = program;
        Remedy = remedy;
    }

    /// <summary>The hypervisor whose program is missing.</summary>
    public HypervisorKind Kind { get; }

    /// <summary>The path or the name that was looked for.</summary>
    public string Program { get; }

    /// <summary>The package or setting that brings the program.</summary>
    public string Remedy { get; }
}
