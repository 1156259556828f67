using Viper.Net.Interop;

namespace Viper.Net.Firewall;

/// <summary>A 4-byte register of the rule machine; a value takes as many in a row as it needs.</summary>
public readonly record struct NftRegister
{
    /// <summary>Registers that there are.</summary>
    public const int Count = 16;

    /// <summary>The register of that number, 0 to 15.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such register.</exception>
    public NftRegister(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Count);
        Number = number;
    }

    /// <summary>0 to 15.</summary>
    public int Number { get; }

    // The kernel itself answers with the 16-byte names where a number is a multiple of four (nft_dump_register).
    internal uint Wire => (uint)(Number % 4 == 0 ? NftExpressionConstants.NFT_REG_1 + (Number / 4) : NftExpressionConstants.NFT_REG32_00 + Number);
}
