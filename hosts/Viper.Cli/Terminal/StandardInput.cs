using System.Threading.Channels;
using Viper.Cli.Interop;

namespace Viper.Cli.Terminal;

/// <summary>Standard input as bytes, unlike that of the runtime, which reads lines from a terminal.</summary>
internal static class StandardInput
{
    private const int ChunkSize = 4096;

    /// <summary>Starts reading; ends with the input.</summary>
    /// <remarks>A thread waits for keys until the program ends: a read from a terminal cannot be taken back. One chunk waits at most.</remarks>
    internal static ChannelReader<byte[]> Open()
    {
        Channel<byte[]> chunks = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
        Thread thread = new(() => Read(chunks.Writer)) { IsBackground = true, Name = "standard input" };
        thread.UnsafeStart();
        return chunks.Reader;
    }

    private static void Read(ChannelWriter<byte[]> chunks)
    {
        byte[] buffer = new byte[ChunkSize];
        int count;
        while ((count = Libc.Read(Libc.StandardInput, buffer)) > 0)
        {
            if (!chunks.TryWrite(buffer[..count]))
            {
                // This is a thread of its own, which may wait.
                chunks.WriteAsync(buffer[..count]).AsTask().GetAwaiter().GetResult();
            }
        }

        chunks.Complete();
    }
}
