using System.Buffers.Binary;

namespace Viper.Orchestration.Network.Names;

/// <summary>The little of a DNS message that a forwarder must understand (RFC 1035, sections 4.1.1 and 4.1.2).</summary>
internal static class DnsMessage
{
    internal const int HeaderLength = 12;
    internal const int Refused = 5;
    internal const int ServerFailure = 2;
    internal const int FormatError = 1;

    private const int QuestionCountOffset = 4;
    private const int LargestName = 255;
    private const int LargestLabel = 63;
    private const int TypeAndClass = 4;
    private const byte ResponseBit = 0x80;
    private const byte OpcodeBits = 0x78;
    private const byte RecursionDesiredBit = 0x01;
    private const byte RecursionAvailableBit = 0x80;

    /// <summary>Whether it is a plain question of one name; where it is, <paramref name="questionEnd"/> is the end of the question.</summary>
    internal static bool IsQuestion(ReadOnlySpan<byte> message, out int questionEnd)
    {
        questionEnd = 0;
        return message.Length > HeaderLength
            && (message[2] & (ResponseBit | OpcodeBits)) == 0
            && BinaryPrimitives.ReadUInt16BigEndian(message[QuestionCountOffset..]) == 1
            && TryFindQuestionEnd(message, out questionEnd);
    }

    /// <summary>Whether a message answers a question: the same number and the same question.</summary>
    /// <remarks>Names are compared without regard to the case of letters, which some servers do not keep.</remarks>
    internal static bool IsAnswerTo(ReadOnlySpan<byte> message, ReadOnlySpan<byte> question, int questionEnd)
    {
        if (message.Length < HeaderLength || (message[2] & ResponseBit) == 0 || !message[..2].SequenceEqual(question[..2]))
        {
            return false;
        }

        // A server that understood nothing may leave the question out.
        return BinaryPrimitives.ReadUInt16BigEndian(message[QuestionCountOffset..]) == 0
            ? (message[3] & 0x0f) != 0
            : message.Length >= questionEnd && SameText(message[HeaderLength..questionEnd], question[HeaderLength..questionEnd]);
    }

    /// <summary>Turns a question into an answer that only says why there is none.</summary>
    internal static byte[] Fail(ReadOnlySpan<byte> question, int questionEnd, int code)
    {
        byte[] answer = question[..Math.Max(questionEnd, HeaderLength)].ToArray();
        answer[2] = (byte)(ResponseBit | (question[2] & (OpcodeBits | RecursionDesiredBit)));
        answer[3] = (byte)(RecursionAvailableBit | code);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(QuestionCountOffset), (ushort)(questionEnd > 0 ? 1 : 0));
        answer.AsSpan(QuestionCountOffset + 2, HeaderLength - QuestionCountOffset - 2).Clear();
        return answer;
    }

    /// <summary>Whether it is no answer itself, so that answering it cannot go on for ever.</summary>
    internal static bool CanBeAnswered(ReadOnlySpan<byte> message) => message.Length >= HeaderLength && (message[2] & ResponseBit) == 0;

    private static bool TryFindQuestionEnd(ReadOnlySpan<byte> message, out int end)
    {
        end = 0;
        int at = HeaderLength;
        while (at < message.Length && at - HeaderLength < LargestName)
        {
            int length = message[at++];
            if (length == 0)
            {
                bool isWhole = at + TypeAndClass <= message.Length;
                end = isWhole ? at + TypeAndClass : 0;
                return isWhole;
            }

            if (length > LargestLabel)
            {
                return false;
            }

            at += length;
        }

        return false;
    }

    private static bool SameText(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        for (int i = 0; i < one.Length; i++)
        {
            if (Lower(one[i]) != Lower(other[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static byte Lower(byte letter) => letter is >= (byte)'A' and <= (byte)'Z' ? (byte)(letter | 0x20) : letter;
}
