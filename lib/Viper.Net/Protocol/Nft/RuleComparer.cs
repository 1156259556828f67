using Viper.Net.Interop;

namespace Viper.Net.Protocol.Nft;

/// <summary>Compares instructions that we wrote with those that the kernel gives back.</summary>
internal static class RuleComparer
{
    /// <summary>True when both lists have the same instructions in the same order.</summary>
    internal static bool SameExpressions(ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs)
    {
        AttributeReader mine = new(ours);
        AttributeReader other = new(theirs);
        while (true)
        {
            bool more = mine.MoveNext();
            if (more != other.MoveNext())
            {
                return false;
            }

            if (!more)
            {
                return !mine.IsMalformed && !other.IsMalformed;
            }

            if (!Read(mine.Value, out string name, out ReadOnlySpan<byte> data)
                || !Read(other.Value, out string otherName, out ReadOnlySpan<byte> otherData)
                || name != otherName
                || (name != "counter" && !Contains(otherData, data)))
            {
                return false;
            }
        }
    }

    /// <summary>True when every attribute that we sent is there with the same value; the kernel may add to them.</summary>
    private static bool Contains(ReadOnlySpan<byte> theirs, ReadOnlySpan<byte> ours)
    {
        AttributeReader mine = new(ours);
        while (mine.MoveNext())
        {
            if (!HasEqual(theirs, mine.Type, mine.Value))
            {
                return false;
            }
        }

        return !mine.IsMalformed;
    }

    private static bool HasEqual(ReadOnlySpan<byte> attributes, int type, ReadOnlySpan<byte> value)
    {
        AttributeReader reader = new(attributes);
        while (reader.MoveNext())
        {
            if (reader.Type == type)
            {
                return reader.Value.SequenceEqual(value) || SameNest(reader.Value, value);
            }
        }

        return false;
    }

    // The kernel does not mark the nests of its answers, so equal content can differ in that one bit of a type.
    private static bool SameNest(ReadOnlySpan<byte> theirs, ReadOnlySpan<byte> ours)
    {
        AttributeReader reader = new(ours);
        if (ours.Length < MessageWriter.Alignment || !reader.MoveNext())
        {
            return false;
        }

        while (reader.MoveNext())
        {
        }

        return !reader.IsMalformed && Contains(theirs, ours);
    }

    private static bool Read(ReadOnlySpan<byte> element, out string name, out ReadOnlySpan<byte> data)
    {
        name = "";
        data = default;
        AttributeReader reader = new(element);
        while (reader.MoveNext())
        {
            if (reader.Type == NftExpressionConstants.NFTA_EXPR_NAME)
            {
                name = reader.Text;
            }
            else if (reader.Type == NftExpressionConstants.NFTA_EXPR_DATA)
            {
                data = reader.Value;
            }
        }

        return name.Length > 0;
    }
}
