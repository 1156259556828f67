using System.IO.Pipelines;
using Viper.Cdp.Frames;

namespace Viper.Cdp.Tests.Frames;

/// <summary>Counts what the whole process allocates, so nothing runs beside it.</summary>
[Collection(Alone.Name)]
public sealed class FrameAllocationTests
{
    private const int Count = 10_000;

    [Fact]
    public void WriteAndRead_TenThousandMessages_AllocatesNothing()
    {
        var pipe = new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline));
        var writer = new WebSocketWriter(pipe.Writer, WebSocketRole.Client);
        using var reader = new WebSocketMessageReader(pipe.Reader, writer, WebSocketRole.Server);
        var payload = new byte[500];

        Assert.Equal(0, Allocation.OfSteady(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                writer.TryWrite(WebSocketOpcode.Binary, payload);
                var read = reader.ReadAsync();
                Assert.True(read.IsCompletedSuccessfully && read.Result && reader.Message.Length == payload.Length);
            }
        }));
    }

    [Fact]
    public void Relay_TenThousandFrames_AllocatesNothing()
    {
        var pipe = new Pipe();
        var frames = new WebSocketFrameReader(pipe.Reader, new WebSocketFrameParser(WebSocketRole.Client));
        var frame = Wire.Frame(WebSocketOpcode.Binary, new byte[2000]);

        Assert.Equal(0, Allocation.OfSteady(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                frame.CopyTo(pipe.Writer.GetSpan(frame.Length));
                pipe.Writer.Advance(frame.Length);
                var flush = pipe.Writer.FlushAsync();
                Assert.True(flush.IsCompletedSuccessfully && !flush.Result.IsCompleted);
                var read = frames.ReadAsync();
                Assert.True(read.IsCompletedSuccessfully && read.Result && frames.Current.EndsMessage);
            }
        }));
    }
}
