using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Viper.Daemon.Relay;
using Viper.TestKit.Engine;

namespace Viper.Daemon.Tests.Relay;

/// <summary>Which bytes of a client pass and which are held up, however they come.</summary>
public sealed class CommandGateTests
{
    private const string Guarded = """{"id":7,"method":"Browser.close"}""";

    [Theory]
    [InlineData("""{"id":1,"method":"Browser.close"}""", true)]
    [InlineData("""{"method" : "Browser.close","id":1}""", true)]
    [InlineData("""{"id":1,"method":"Page.navigate","params":{"url":"about:blank"}}""", false)]
    [InlineData("""{"id":1,"method":"Runtime.evaluate","params":{"expression":"\"method\":\"Browser.close\""}}""", false)]
    [InlineData("""{"id":1,"method":"Browser.getVersion"}""", false)]
    [InlineData("""{"id":1,"method":""", false)]
    [InlineData("hello", false)]
    [InlineData("", false)]
    public void Next_OneMessage_IsJudgedByItsMethod(string message, bool isJudged)
    {
        CommandGate gate = new(new GuestCommandPolicy());
        ReadOnlySequence<byte> bytes = new(Text(message));

        GateStep step = gate.Next(bytes, out long length, out _);

        Assert.Equal((isJudged ? GateStep.Judge : GateStep.Pass, bytes.Length), (step, length));
        Assert.True(gate.TakeData());
        Assert.False(gate.TakeData());
    }

    [Fact]
    public void Next_GuardedBehindOthers_TheOthersPassFirst()
    {
        CommandGate gate = new(new GuestCommandPolicy());
        byte[] before = [.. Text("{}"), .. WebSocketFrames.Make(9, "ping"u8, isMasked: true)];
        ReadOnlySequence<byte> bytes = new([.. before, .. Text(Guarded), .. Text("{}")]);

        Assert.Equal((GateStep.Pass, before.Length), (gate.Next(bytes, out long first, out _), first));
        bytes = bytes.Slice(first);
        Assert.Equal((GateStep.Judge, Text(Guarded).Length), (gate.Next(bytes, out long second, out _), second));
        bytes = bytes.Slice(second);
        Assert.Equal((GateStep.Pass, Text("{}").Length), (gate.Next(bytes, out long third, out _), third));
    }

    /// <summary>A message longer than is looked at passes while it still comes.</summary>
    [Fact]
    public void Next_LongMessage_PassesAsItComes()
    {
        CommandGate gate = new(new GuestCommandPolicy());
        byte[] frame = Text("""{"id":1,"method":"Runtime.evaluate","params":{"expression":"X"}}""".Replace("X", new string('x', 100_000), StringComparison.Ordinal));

        Assert.Equal((GateStep.Wait, 0), (gate.Next(new ReadOnlySequence<byte>(frame, 0, 300), out long none, out _), none));
        Assert.Equal((GateStep.Pass, 1000), (gate.Next(new ReadOnlySequence<byte>(frame, 0, 1000), out long first, out _), first));
        Assert.Equal((GateStep.Pass, frame.Length - 1000), (gate.Next(new ReadOnlySequence<byte>(frame, 1000, frame.Length - 1000), out long rest, out _), rest));
        Assert.True(gate.AtBoundary);
    }

    [Fact]
    public void Next_GuardedInFragmentsOrTooLong_IsNotJudged()
    {
        byte[] fragment = WebSocketFrames.Make(1, Encoding.ASCII.GetBytes(Guarded), isMasked: true, isFinal: false);
        byte[] tooLong = Text($$"""{"method":"DOM.setFileInputFiles","params":"{{new string('x', CommandGate.MaxJudged)}}"}""");

        Assert.Equal(GateStep.Unjudged, new CommandGate(new GuestCommandPolicy()).Next(new ReadOnlySequence<byte>(fragment), out _, out _));
        Assert.Equal(GateStep.Unjudged, new CommandGate(new GuestCommandPolicy()).Next(new ReadOnlySequence<byte>(tooLong), out _, out _));
    }

    [Fact]
    public void Next_NotAsAClientSends_IsMalformed()
    {
        byte[] bare = WebSocketFrames.Make(1, "{}"u8, isMasked: false);
        byte[] reserved = [0xF1, 0x80, 0, 0, 0, 0];

        Assert.Equal(GateStep.Malformed, new CommandGate(new GuestCommandPolicy()).Next(new ReadOnlySequence<byte>(bare), out _, out _));
        Assert.Equal(GateStep.Malformed, new CommandGate(new GuestCommandPolicy()).Next(new ReadOnlySequence<byte>(reserved), out _, out _));
    }

    [Fact]
    public void Next_Close_IsSeen()
    {
        CommandGate gate = new(new GuestCommandPolicy());

        gate.Next(new ReadOnlySequence<byte>(WebSocketFrames.Make(8, [], isMasked: true)), out _, out _);

        Assert.True(gate.CloseSeen);
        Assert.False(gate.TakeData());
    }

    /// <summary>However a stream is cut into reads, the same bytes pass and the same messages are judged.</summary>
    [Fact]
    public void Next_CutAnywhere_IsTheSame() =>
        Prop.ForAll<int, byte>(IsTheSame).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static bool IsTheSame(int seed, byte step)
    {
        Random random = new(seed);
        List<byte> stream = [];
        int guarded = 0;
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            switch (random.Next(4))
            {
                case 0:
                    stream.AddRange(Text(Guarded));
                    guarded++;
                    break;
                case 1:
                    stream.AddRange(WebSocketFrames.Make(10, new byte[random.Next(125)], isMasked: true));
                    break;
                case 2:
                    stream.AddRange(WebSocketFrames.Make(2, new byte[random.Next(70_000)], isMasked: true));
                    break;
                default:
                    stream.AddRange(Text("""{"id":1,"method":"Page.enable"}"""));
                    break;
            }
        }

        byte[] all = [.. stream];
        CommandGate gate = new(new GuestCommandPolicy());
        int at = 0;
        int have = 0;
        int judged = 0;
        List<byte> seen = [];
        while (at < all.Length)
        {
            GateStep next = gate.Next(Split(all, at, have), out long length, out _);
            if (next is GateStep.Malformed or GateStep.Unjudged)
            {
                return false;
            }

            if (next == GateStep.Wait)
            {
                if (have == all.Length)
                {
                    return false;
                }

                have = Math.Min(all.Length, have + 1 + random.Next((step * 40) + 1));
                continue;
            }

            judged += next == GateStep.Judge ? 1 : 0;
            seen.AddRange(all[at..(at + (int)length)]);
            at += (int)length;
        }

        return judged == guarded && gate.AtBoundary && seen.SequenceEqual(all);
    }

    private static byte[] Text(string message) => WebSocketFrames.Make(1, Encoding.UTF8.GetBytes(message), isMasked: true);

    // In two segments, cut in the middle.
    private static ReadOnlySequence<byte> Split(byte[] all, int from, int to)
    {
        int middle = from + ((to - from) / 2);
        Segment first = new(all.AsMemory(from, middle - from), 0);
        return new ReadOnlySequence<byte>(first, 0, first.Follow(all.AsMemory(middle, to - middle)), to - middle);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long start)
        {
            Memory = memory;
            RunningIndex = start;
        }

        public Segment Follow(ReadOnlyMemory<byte> memory)
        {
            Segment next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
