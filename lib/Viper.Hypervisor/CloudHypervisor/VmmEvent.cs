namespace Viper.Hypervisor;

/// <summary>Something that happened in a Cloud Hypervisor.</summary>
public sealed record VmmEvent
{
    /// <summary>When, counted from the start of the VMM's process. The program gives no time of day.</summary>
    public required TimeSpan SinceStart { get; init; }

    /// <summary>The part of the program: <c>vmm</c>, <c>vm</c>, <c>virtio-device</c>, …</summary>
    public required string Source { get; init; }

    /// <summary>The event as the program names it, such as <c>booted</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The event, where this library knows it.</summary>
    public required VmmEventKind Kind { get; init; }

    /// <summary>What the program adds, such as the <c>id</c> of a device; often nothing.</summary>
    public required IReadOnlyDictionary<string, string> Properties { get; init; }
}
