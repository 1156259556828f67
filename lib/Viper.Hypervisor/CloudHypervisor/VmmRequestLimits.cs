namespace Viper.Hypervisor;

/// <summary>How long Cloud Hypervisor may take to answer, by kind of request.</summary>
/// <remarks>
/// The program answers one request after the other, so a request that waits behind a longer one of the same client gets the longer
/// one's time.
/// </remarks>
public sealed record VmmRequestLimits
{
    /// <summary>Questions: <c>vmm.ping</c>, <c>vm.info</c>, <c>vm.counters</c>; 10 s unless set.</summary>
    public TimeSpan Query { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Everything that has no limit of its own; 30 s unless set.</summary>
    public TimeSpan Change { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// <c>vm.boot</c>, <c>vm.reboot</c> and devices served by other processes; 90 s unless set, since the program waits 60 s for a
    /// virtio-fs socket that nobody serves.
    /// </summary>
    public TimeSpan Boot { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>What reads or writes the whole memory: <c>vm.snapshot</c>, <c>vm.restore</c>, <c>vm.coredump</c>; 10 min unless set.</summary>
    public TimeSpan Memory { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary><c>vm.receive-migration</c>, which waits for the sender; 1 h unless set.</summary>
    public TimeSpan Migration { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The same limit for every request.</summary>
    public static VmmRequestLimits Same(TimeSpan limit) =>
        new() { Query = limit, Change = limit, Boot = limit, Memory = limit, Migration = limit };
}
