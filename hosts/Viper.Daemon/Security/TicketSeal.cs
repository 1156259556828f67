using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Viper.Orchestration;

namespace Viper.Daemon.Security;

/// <summary>Makes tickets and knows its own. Thread-safe.</summary>
/// <remarks>
/// A ticket is a signature (HMAC-SHA256) of the VM's id and the epoch of its tickets, in Base64url. It holds nothing else, so one that
/// is not this very VM's in this very epoch is wrong, and there is nothing in it to read.
/// </remarks>
/// <param name="key">The secret, <see cref="TicketKey.Length"/> bytes.</param>
internal sealed class TicketSeal(byte[] key)
{
    /// <summary>The ticket of a VM in an epoch.</summary>
    internal string Make(TicketEpoch epoch)
    {
        string signed = string.Create(CultureInfo.InvariantCulture, $"viper ticket 1\n{epoch.VmId}\n{epoch.Epoch}");
        return Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed)));
    }

    /// <summary>Whether something shown is the VM's ticket, in a time that does not depend on how much of it is right.</summary>
    internal bool IsTicket(string shown, TicketEpoch epoch) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(Make(epoch)));
}
