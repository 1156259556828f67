using System.Text;

using Viper.Net.Firewall;

namespace Viper.Net.Protocol.Nft;

/// <summary>Comments, as nft keeps them in user data: <c>type (0 = comment), length, text with NUL</c>, a byte each for the first two.</summary>
internal static class UserData
{
    // libnftnl's NFTNL_UDATA_TABLE_COMMENT and NFTNL_UDATA_RULE_COMMENT.
    private const byte CommentType = 0;

    private const int MaxComment = 127;

    // libnftnl's NFTNL_UDATA_SET_KEYBYTEORDER and NFTNL_UDATA_SET_DATABYTEORDER.
    private const byte KeyOrderType = 0;
    private const byte DataOrderType = 1;

    // nftables' enum byteorder.
    private const byte MachineOrder = 1;
    private const byte NetworkOrder = 2;

    /// <summary>In which order bytes of keys and values stand: the kernel does not care, nft needs it to show them.</summary>
    internal static byte[] ByteOrders(NftSet set)
    {
        byte[] key = [KeyOrderType, sizeof(uint), OrderOf(set.Key), 0, 0, 0];
        return set.DataType == NftKeyType.None ? key : [.. key, DataOrderType, sizeof(uint), OrderOf([set.DataType]), 0, 0, 0];
    }

    internal static byte[] Comment(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        if (length > MaxComment || text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"A comment has at most {MaxComment} bytes and no NUL; this one has {length}.", nameof(text));
        }

        byte[] data = new byte[length + 3];
        data[0] = CommentType;
        data[1] = (byte)(length + 1);
        Encoding.UTF8.GetBytes(text, data.AsSpan(2));
        return data;
    }

    internal static string? ReadComment(ReadOnlySpan<byte> data)
    {
        while (data.Length >= 2)
        {
            int length = data[1];
            if (length > data.Length - 2)
            {
                return null;
            }

            ReadOnlySpan<byte> value = data.Slice(2, length);
            if (data[0] == CommentType)
            {
                int end = value.IndexOf((byte)0);
                return Encoding.UTF8.GetString(end < 0 ? value : value[..end]);
            }

            data = data[(2 + length)..];
        }

        return null;
    }

    // A concatenation has no order of its own: nft takes that of each part's type.
    private static byte OrderOf(IReadOnlyList<NftKeyType> key) =>
        key.Count > 1 ? (byte)0 : key[0] is NftKeyType.LinkName or NftKeyType.Mark ? MachineOrder : NetworkOrder;
}
