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
    [InlineData("""{"id":1,"params":{"method":"Browser.close","x":["}",{}]},"method":"Browser.close"}""", true)]
    [InlineData("""{"id":1,"params":{"method":"Browser.close"},"method":"Page.enable"}""", false)]
    [InlineData("""{"id":1,"method":"\u0042rowser.\u0063los\u0065"}""", true)]
    [InlineData("""{"id":1,"m\u0065thod":"Browser.close"}""", true)]
    [InlineData("""{"id":1,"method":["Browser.close"]}""", false)]
    [InlineData("""{"id":1,"Method":"Browser.close"}""", false)]
    [InlineData("{}", false)]
    [InlineData("hello", false)]
    [InlineData("", false)]
    [InlineData("  ", false)]
    public void Next_OneMessage_IsJudgedByItsMethod(string message, bool isJudged)
    {
        CommandGate gate = new(new GuestCommandPolicy());
        ReadOnlySequence<byte> bytes = new(Text(message));

        GateStep step = gate.Next(bytes, out long length);

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

        Assert.Equal((GateStep.Pass, before.Length), (gate.Next(bytes, out long first), first));
        bytes = bytes.Slice(first);
        Assert.Equal((GateStep.Judge, Text(Guarded).Length), (gate.Next(bytes, out long second), second));
        bytes = bytes.Slice(second);
        Assert.Equal((GateStep.Pass, Text("{}").Length), (gate.Next(bytes, out long third), third));
    }

    [Fact]
    public void Next_BehindMuchElse_IsFoundAllTheSame()
    {
        string blanks = new(' ', CommandGate.MaxHeld - Guarded.Length);
        Assert.Equal(GateStep.Judge, new CommandGate(new GuestCommandPolicy()).Next(new ReadOnlySequence<byte>(Text(blanks + Guarded)), out _));
        Assert.Equal(GateStep.Refuse, new CommandGate(new GuestCommandPolicy()).Next(new ReadOnlySequence<byte>(Text(blanks + blanks + Guarded)), out _));
    }

    /// <summary>A long message passes while it still comes, once it is known not to be judged.</summary>
    [Fact]
    public void Next_LongMessage_PassesAsItComes()
    {
        const int Header = 14;
        CommandGate gate = new(new GuestCommandPolicy());
        byte[] frame = Text("""{"id":1,"method":"Runtime.evaluate","params":{"expression":"X"}}""".Replace("X", new string('x', 100_000), StringComparison.Ordinal));

        Assert.Equal((GateStep.Wait, 0), (gate.Next(new ReadOnlySequence<byte>(frame, 0, 60_000), out long none), none));
        Assert.Equal((GateStep.Pass, CommandGate.MaxHeld + Header), (gate.Next(new ReadOnlySequence<byte>(frame, 0, CommandGate.MaxHeld + Header), out long first), first));
        Assert.Equal((GateStep.Pass, frame.Length - first), (gate.Next(new ReadOnlySequence<byte>(frame).Slice(first), out long rest), rest));
        Assert.True(gate.AtBoundary);
    }

    /// <summary>What is not one command for every reader does not pass, and what follows it does.</summary>
    [Theory]
    [InlineData("""{"id":12,"method":"Page.enable","method":"Browser.close"}""", 12)]
    [InlineData("""{"id":12,"method":"Browser.close","method":"Page.enable"}""", 12)]
    [InlineData("""{"id":12,"method":"","m\u0065thod":"Browser.close"}""", 12)]
    [InlineData("""{"id":12,/*"*/"method":"Browser.close"/*"*/}""", 12)]
    [InlineData("""/**/{"method":"Browser.close"}""", null)]
    [InlineData("""{"x":[1/*"*/],"method":"Browser.close","y":"*/"}""", null)]
    [InlineData("""{"id":12,"\x6dethod":"Browser.close"}""", 12)]
    [InlineData("{\v\"method\":\"Browser.close\"}", null)]
    [InlineData("\ufeff{\"method\":\"Browser.close\"}", null)]
    [InlineData("""{"id":12,"method":"Browser.close"}{"id":13}""", 12)]
    [InlineData("""{"id":12,"method":""", 12)]
    public void Next_AmbiguousMessage_IsRefusedWhole(string message, int? id)
    {
        CommandGate gate = new(new GuestCommandPolicy());
        ReadOnlySequence<byte> bytes = new([.. Text(message), .. Text("{}")]);

        Assert.Equal((GateStep.Refuse, Text(message).Length, (long?)id), (gate.Next(bytes, out long length), length, gate.RefusedId));
        Assert.Equal((GateStep.Pass, Text("{}").Length), (gate.Next(bytes.Slice(length), out long next), next));
    }

    [Fact]
    public void Next_SecondMethodBehindALongOne_EndsTheConnection()
    {
        byte[] frame = Text($$"""{"method":"Page.enable","params":"{{new string('x', CommandGate.MaxHeld)}}","method":"Browser.close"}""");
        CommandGate gate = new(new GuestCommandPolicy());

        Assert.Equal(GateStep.Pass, gate.Next(new ReadOnlySequence<byte>(frame), out long length));
        Assert.Equal(GateStep.Unreadable, gate.Next(new ReadOnlySequence<byte>(frame).Slice(length), out _));
    }

    [Fact]
    public void Next_GuardedAndTooLong_IsRefusedAndDropped()
    {
        CommandGate gate = new(new GuestCommandPolicy());
        byte[] frame = Text($$"""{"id":3,"method":"DOM.setFileInputFiles","params":"{{new string('x', CommandGate.MaxJudged)}}"}""");
        ReadOnlySequence<byte> bytes = new([.. frame, .. Text("{}")]);

        Assert.Equal((GateStep.Refuse, 3L), (gate.Next(bytes, out long length), gate.RefusedId));
        bytes = bytes.Slice(length);
        Assert.Equal((GateStep.Drop, frame.Length - length), (gate.Next(bytes, out long rest), rest));
        Assert.Equal((GateStep.Pass, Text("{}").Length), (gate.Next(bytes.Slice(rest), out long next), next));
    }

    /// <summary>In fragments of any size, with pings between them.</summary>
    [Fact]
    public void Next_InFragments_IsJudgedWholeAndReadOutOfThem()
    {
        byte[] text = Encoding.UTF8.GetBytes(Guarded);
        for (int size = 1; size <= text.Length; size++)
        {
            List<byte> stream = [];
            for (int at = 0; at < text.Length; at += size)
            {
                byte[] part = text[at..Math.Min(text.Length, at + size)];
                stream.AddRange(WebSocketFrames.Make((byte)(at == 0 ? 1 : 0), part, isMasked: true, isFinal: false));
                stream.AddRange(WebSocketFrames.Make(9, "p"u8, isMasked: true));
            }

            stream.AddRange(WebSocketFrames.Make(0, [], isMasked: true));
            ReadOnlySequence<byte> bytes = new([.. stream]);
            CommandGate gate = new(new GuestCommandPolicy());

            Assert.Equal(GateStep.Wait, gate.Next(bytes.Slice(0, bytes.Length - 1), out _));
            Assert.Equal((GateStep.Judge, bytes.Length), (gate.Next(bytes, out long length), length));
            Assert.Equal(text, CommandGate.ReadHeld(bytes));
        }
    }

    [Fact]
    public void Next_CloseInsideAHeldMessage_PassesWithoutIt()
    {
        byte[] begun = WebSocketFrames.Make(1, "{\"method\":"u8, isMasked: true, isFinal: false);
        byte[] close = WebSocketFrames.Make(8, [], isMasked: true);
        ReadOnlySequence<byte> bytes = new([.. begun, .. close, .. Text(Guarded)]);
        CommandGate gate = new(new GuestCommandPolicy());

        Assert.Equal((GateStep.Drop, begun.Length), (gate.Next(bytes, out long first), first));
        bytes = bytes.Slice(first);
        Assert.Equal((GateStep.Pass, close.Length), (gate.Next(bytes, out long second), second));
        Assert.Equal(GateStep.Drop, gate.Next(bytes.Slice(second), out _));
        Assert.True(gate.CloseSeen);
    }

    /// <summary>A message that is never to end holds no more than its bound.</summary>
    [Fact]
    public void Next_EndlessFragments_AreRefused()
    {
        CommandGate gate = new(new GuestCommandPolicy());
        List<byte> stream = [.. WebSocketFrames.Make(1, "{"u8, isMasked: true, isFinal: false)];
        byte[] ping = WebSocketFrames.Make(9, new byte[125], isMasked: true);
        GateStep step;
        while ((step = gate.Next(new ReadOnlySequence<byte>(stream.ToArray()), out _)) == GateStep.Wait)
        {
            Assert.True(stream.Count < 4 * CommandGate.MaxJudged);
            for (int i = 0; i < 200; i++)
            {
                stream.AddRange(ping);
            }
        }

        Assert.Equal(GateStep.Refuse, step);
    }

    /// <summary>Wherever the bound falls, what passes of an endless message is whole pings: no rest of one is taken for a frame.</summary>
    [Fact]
    public void Next_RefusedAmongPings_OnlyWholePingsPass()
    {
        byte[] smuggled = Text(Guarded);
        byte[] ping = WebSocketFrames.Make(9, smuggled.Concat(new byte[125 - smuggled.Length]).ToArray(), isMasked: true);
        byte[] pings = [.. Enumerable.Repeat(ping, 3 * CommandGate.MaxJudged / ping.Length).SelectMany(static one => one)];
        for (int pad = 0; pad < ping.Length; pad++)
        {
            byte[] begun = WebSocketFrames.Make(1, Encoding.UTF8.GetBytes("{" + new string(' ', pad)), isMasked: true, isFinal: false);
            CommandGate gate = new(new GuestCommandPolicy());
            ReadOnlySequence<byte> bytes = new([.. begun, .. pings]);

            Assert.Equal(GateStep.Refuse, gate.Next(bytes, out long refused));
            byte[] passed = CommandGate.ReadControl(bytes.Slice(0, refused));
            bytes = bytes.Slice(refused);
            Assert.Equal((GateStep.Pass, bytes.Length), (gate.Next(bytes, out long rest), rest));
            Assert.True(pings.AsSpan().SequenceEqual((byte[])[.. passed, .. bytes.ToArray()]));
        }
    }

    [Fact]
    public void Next_NotAsAClientSends_IsMalformed()
    {
        byte[] bare = WebSocketFrames.Make(1, "{}"u8, isMasked: false);
        byte[] reserved = [0xF1, 0x80, 0, 0, 0, 0];
        byte[] continued = WebSocketFrames.Make(0, "{}"u8, isMasked: true);
        byte[] twice = [.. WebSocketFrames.Make(1, "{"u8, isMasked: true, isFinal: false), .. Text("}")];
        byte[] endless = [0x81, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0];

        foreach (byte[] bad in (byte[][])[bare, reserved, continued, twice, endless])
        {
            Assert.Equal(GateStep.Malformed, new CommandGate(new GuestCommandPolicy()).Next(new ReadOnlySequence<byte>(bad), out _));
        }
    }

    [Fact]
    public void Next_Close_IsSeen()
    {
        CommandGate gate = new(new GuestCommandPolicy());

        gate.Next(new ReadOnlySequence<byte>(WebSocketFrames.Make(8, [], isMasked: true)), out _);

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
            GateStep next = gate.Next(Split(all, at, have), out long length);
            if (next is not (GateStep.Wait or GateStep.Pass or GateStep.Judge))
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
