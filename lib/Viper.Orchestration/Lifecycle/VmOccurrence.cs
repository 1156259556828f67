namespace Viper.Orchestration.Lifecycle;

/// <summary>What happens to a VM without a command.</summary>
internal enum VmOccurrence
{
    /// <summary>Row and lease are committed, and the start that belongs to a create is due.</summary>
    Committed,

    /// <summary>Everything that the image promises answered.</summary>
    Ready,

    /// <summary>A step of the start failed, its VMM ended, or its deadline passed.</summary>
    StartFailed,

    /// <summary>The guest ended its machine by itself.</summary>
    PoweredOff,

    /// <summary>The VMM ended, or the guest crashed or was reset, and nobody had asked for it.</summary>
    Died,

    /// <summary>The agent did not answer several times in a row, and the restart policy wants another run.</summary>
    Unhealthy,
}
