namespace Viper.Hypervisor;

/// <summary>How the memory of a restored machine comes from its snapshot.</summary>
public enum MemoryMode
{
    /// <summary>
    /// The VMM maps the snapshot's memory file privately by a mode of its own: pages are read when touched, and written pages are the
    /// machine's. The file must stay unchanged as long as the machine lives.
    /// </summary>
    CopyOnWrite,

    /// <summary>As <see cref="CopyOnWrite"/>, reached by giving the memory file to the machine as the backing of its memory.</summary>
    PrivateFile,

    /// <summary>The VMM serves pages from the snapshot when they are touched (userfaultfd).</summary>
    OnDemand,

    /// <summary>All memory is read before the machine runs.</summary>
    Copy,
}
