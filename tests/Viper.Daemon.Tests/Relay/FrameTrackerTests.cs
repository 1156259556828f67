using Viper.Daemon.Relay;
using Viper.TestKit.Engine;

namespace Viper.Daemon.Tests.Relay;

public sealed class FrameTrackerTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(125, true)]
    [InlineData(126, false)]
    [InlineData(65535, true)]
    [InlineData(65536, false)]
    [InlineData(70000, true)]
    public void Advance_OneFrameCutAnywhere_FindsItsEnd(int length, bool isMasked)
    {
        byte[] frame = WebSocketFrames.Make(2, new byte[length], isMasked);
        foreach (int cut in Enumerable.Range(0, Math.Min(frame.Length, 20)).Append(frame.Length - 1))
        {
            FrameTracker tracker = new();

            int first = tracker.Advance(frame.AsSpan(0, cut));
            bool between = tracker.AtBoundary;
            int second = tracker.Advance(frame.AsSpan(cut));

            Assert.Equal((-1, cut == 0, frame.Length - cut, true), (first, between, second, tracker.AtBoundary));
        }
    }

    [Theory]
    [InlineData(0x81, true)]
    [InlineData(0x82, true)]
    [InlineData(0x00, true)]
    [InlineData(0x88, false)]
    [InlineData(0x89, false)]
    [InlineData(0x8A, false)]
    public void TakeData_OfAFrame_IsTrueForMessagesAlone(byte first, bool isData)
    {
        FrameTracker tracker = new();
        tracker.Advance([first, 3, 1, 2]);

        Assert.Equal((isData, false), (tracker.TakeData(), tracker.TakeData()));
        tracker.Advance([3]);
        Assert.Equal((isData, true), (tracker.TakeData(), tracker.AtBoundary));
    }

    [Fact]
    public void Advance_SeveralFrames_ReturnsTheLastEnd()
    {
        byte[] one = WebSocketFrames.Make(1, "abc"u8, isMasked: false);
        byte[] all = [.. one, .. one, .. one[..3]];
        FrameTracker tracker = new();

        int boundary = tracker.Advance(all);

        Assert.Equal((one.Length * 2, false), (boundary, tracker.AtBoundary));
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    [InlineData(0, false)]
    public void CloseSeen_AfterAFrame_IsTrueForCloseOnly(byte opcode, bool isClose)
    {
        FrameTracker tracker = new();

        tracker.Advance(WebSocketFrames.Make(opcode, [], isMasked: false));

        Assert.Equal(isClose, tracker.CloseSeen);
    }

    [Fact]
    public void Advance_RandomFramesInRandomPieces_AgreesWithTheirEnds()
    {
        Random random = new(20261120);
        for (int round = 0; round < 300; round++)
        {
            List<byte> stream = [];
            HashSet<int> ends = [0];
            for (int i = 0; i < 8; i++)
            {
                stream.AddRange(WebSocketFrames.Make((byte)random.Next(16), new byte[random.Next(3) == 0 ? random.Next(70_000) : random.Next(130)], random.Next(2) == 0));
                ends.Add(stream.Count);
            }

            byte[] bytes = [.. stream];
            FrameTracker tracker = new();
            int at = 0;
            while (at < bytes.Length)
            {
                int piece = Math.Min(random.Next(1, 4000), bytes.Length - at);
                int boundary = tracker.Advance(bytes.AsSpan(at, piece));
                int expected = ends.Where(e => e > at && e <= at + piece).DefaultIfEmpty(-1).Max();
                Assert.Equal(expected < 0 ? -1 : expected - at, boundary);
                at += piece;
                Assert.Equal(ends.Contains(at), tracker.AtBoundary);
            }
        }
    }

    [Fact]
    public void Advance_RandomBytes_NeverFails()
    {
        Random random = new(1);
        byte[] bytes = new byte[4096];
        for (int round = 0; round < 2000; round++)
        {
            random.NextBytes(bytes);
            FrameTracker tracker = new();

            int boundary = tracker.Advance(bytes);

            Assert.InRange(boundary, -1, bytes.Length);
        }
    }

    [Fact]
    public void Advance_Warm_AllocatesNothing()
    {
        byte[] frames = [.. WebSocketFrames.Make(1, new byte[200], false), .. WebSocketFrames.Make(2, new byte[70_000], true)];
        FrameTracker tracker = new();
        tracker.Advance(frames);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 100; i++)
        {
            tracker.Advance(frames);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
