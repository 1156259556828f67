using Viper.Cdp.Internal;

namespace Viper.Cdp;

/// <summary>The result of a command, in pooled memory until it is disposed.</summary>
/// <remarks>Disposing gives the memory back to be used by a later answer; a reply that is not disposed costs no more than that. For one reader.</remarks>
public readonly struct CdpReply : IDisposable, IEquatable<CdpReply>
{
    private readonly PendingCall? _call;
    private readonly short _lease;

    internal CdpReply(PendingCall call, short lease)
    {
        _call = call;
        _lease = lease;
    }

    /// <summary>Gets the result in place; valid until this is disposed.</summary>
    /// <exception cref="ObjectDisposedException">It has been.</exception>
    public CdpJson Result => new(Memory.Span);

    /// <summary>Gets the result's bytes; valid until this is disposed.</summary>
    /// <exception cref="ObjectDisposedException">It has been.</exception>
    public ReadOnlyMemory<byte> Memory => _call is null ? default : _call.Read(_lease);

    /// <summary>Tells whether both are the same reply.</summary>
    public static bool operator ==(CdpReply left, CdpReply right) => left.Equals(right);

    /// <summary>Tells whether they are different replies.</summary>
    public static bool operator !=(CdpReply left, CdpReply right) => !left.Equals(right);

    /// <summary>Gives the memory back; further calls do nothing.</summary>
    public void Dispose() => _call?.Release(_lease);

    /// <inheritdoc/>
    public bool Equals(CdpReply other) => ReferenceEquals(_call, other._call) && _lease == other._lease;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CdpReply other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_call, _lease);
}
