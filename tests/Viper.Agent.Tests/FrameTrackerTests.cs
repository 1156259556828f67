using Viper.Agent.DevTools;

namespace Viper.Agent.Tests;

public sealed class FrameTrackerTests
{
    private static readonly byte[][] s_frames =
    [
        [0x81, 3, 1, 2, 3],
        [0x01, 0],
        [0x80, 126, 0, 200, .. new byte[200]],
        [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0, .. new byte[65536]],
        [0x81, 0x82, 9, 9, 9, 9, 1, 2],
    ];

    [Fact]
    public void Advance_AnySplit_IsAtABoundaryExactlyBetweenFrames()
    {
        byte[] all = [.. s_frames.SelectMany(frame => frame)];
        HashSet<int> ends = [0];
        foreach (var frame in s_frames)
        {
            ends.Add(ends.Max() + frame.Length);
        }

        var random = new Random(4010);
        for (var round = 0; round < 200; round++)
        {
            var tracker = new FrameTracker();
            for (var at = 0; at < all.Length;)
            {
                var step = Math.Min(round == 0 ? 1 : random.Next(1, 40_000), all.Length - at);
                tracker.Advance(all.AsSpan(at, step));
                at += step;
                Assert.Equal(ends.Contains(at), tracker.AtBoundary);
            }

            Assert.False(tracker.CloseSeen);
        }
    }

    [Fact]
    public void Advance_CloseFrame_IsSeen()
    {
        var tracker = new FrameTracker();

        tracker.Advance([0x81, 1, 0, 0x88, 2, 3, 0xe8]);

        Assert.True(tracker is { CloseSeen: true, AtBoundary: true });
    }
}
