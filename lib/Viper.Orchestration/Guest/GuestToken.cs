using System.Security.Cryptography;

namespace Viper.Orchestration.Guest;

/// <summary>The secret that a VM's agent asks for.</summary>
internal static class GuestToken
{
    private const int Bytes = 32;

    /// <summary>A new one: 32 random bytes as 64 hexadecimal digits.</summary>
    public static string Create() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
}
