namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Notices a resize that began and did not end well.</summary>
/// <remarks>
/// The machine's thread does one thing at a time, so after <c>resizing</c> its next event is <c>resized</c>, or the resize has failed.
/// Devices have threads of their own, and so has what reports the guest's panic; their events prove nothing.
/// </remarks>
internal sealed class ResizeWatch
{
    private VmmEvent? _begun;

    /// <summary>Takes the next event.</summary>
    /// <returns>The failure that it proves, or null.</returns>
    public VmmEvent? Next(VmmEvent next)
    {
        if (next.Source is not ("vm" or "vmm") || next.Kind is VmmEventKind.Panic or VmmEventKind.Other)
        {
            return null;
        }

        VmmEvent? failure = next.Kind == VmmEventKind.Resized ? null : End();
        _begun = next.Kind == VmmEventKind.Resizing ? next : null;
        return failure;
    }

    /// <summary>Takes the end of the stream.</summary>
    /// <returns>The failure that it proves, or null.</returns>
    public VmmEvent? End() => _begun is null ? null : _begun with { Kind = VmmEventKind.ResizeFailed, Name = "resize-failed" };
}
