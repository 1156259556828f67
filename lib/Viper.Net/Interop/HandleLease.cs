using Microsoft.Win32.SafeHandles;

namespace Viper.Net.Interop;

/// <summary>Keeps a descriptor open while its number travels inside a message.</summary>
internal ref struct HandleLease
{
    private SafeFileHandle? _handle;

    internal int Value { get; private set; }

    internal static HandleLease Of(SafeFileHandle? handle)
    {
        HandleLease lease = default;
        if (handle is not null)
        {
            bool added = false;
            handle.DangerousAddRef(ref added);
            lease._handle = handle;
            lease.Value = (int)handle.DangerousGetHandle();
        }

        return lease;
    }

    public void Dispose()
    {
        _handle?.DangerousRelease();
        _handle = null;
    }
}
