using Viper.Net.Interop;
using Viper.Net.Protocol;

namespace Viper.Net.Firewall;

/// <summary>One instruction of a rule.</summary>
/// <remarks>Facts: linux/netfilter/nf_tables.h. Instructions run in order until one does not match.</remarks>
public abstract record NftExpression
{
    private protected NftExpression()
    {
    }

    /// <summary>The kernel's name of it.</summary>
    internal abstract string Name { get; }

    /// <summary>Writes the attributes of the instruction.</summary>
    /// <remarks>Attributes that the kernel fills in by itself are written too, so that what it reads back is equal.</remarks>
    internal abstract void WriteData(ref MessageWriter writer);

    internal void Write(ref MessageWriter writer)
    {
        int element = writer.BeginNest(NftMessageConstants.NFTA_LIST_ELEM);
        WriteBare(ref writer);
        writer.EndNest(element);
    }

    /// <summary>Name and data without the list element around them.</summary>
    internal void WriteBare(ref MessageWriter writer)
    {
        writer.AttributeText(NftExpressionConstants.NFTA_EXPR_NAME, Name);
        int data = writer.BeginNest(NftExpressionConstants.NFTA_EXPR_DATA);
        WriteData(ref writer);
        writer.EndNest(data);
    }

    private protected static void WriteValue(ref MessageWriter writer, int type, ReadOnlySpan<byte> value)
    {
        int nest = writer.BeginNest(type);
        writer.Attribute(NftExpressionConstants.NFTA_DATA_VALUE, value);
        writer.EndNest(nest);
    }
}
