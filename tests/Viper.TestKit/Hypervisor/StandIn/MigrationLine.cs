using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>One migration between two stand-ins: a length, the machine as JSON, and an answer of one byte.</summary>
internal static class MigrationLine
{
    private const int Limit = 16 << 20;
    private const byte Accepted = 1;

    /// <summary>Sends a machine and waits until the other side runs it.</summary>
    /// <exception cref="IOException">It does not.</exception>
    public static async Task SendAsync(Stream stream, JsonObject machine, CancellationToken cancellationToken)
    {
        byte[] text = Encoding.UTF8.GetBytes(machine.ToJsonString());
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        await stream.WriteAsync(length, cancellationToken);
        await stream.WriteAsync(text, cancellationToken);
        byte[] answer = new byte[1];
        if (await stream.ReadAsync(answer, cancellationToken) != 1 || answer[0] != Accepted)
        {
            throw new IOException("the destination refused");
        }
    }

    /// <summary>Receives a machine.</summary>
    /// <exception cref="IOException">What came is none.</exception>
    public static async Task<JsonObject> ReceiveAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        byte[] head = new byte[4];
        await stream.ReadExactlyAsync(head, cancellationToken);
        int length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 0 or > Limit)
        {
            throw new IOException("the source sent no machine");
        }

        byte[] text = new byte[length];
        await stream.ReadExactlyAsync(text, cancellationToken);
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new IOException("the source sent no machine");
        }
        catch (JsonException e)
        {
            throw new IOException("the source sent no machine", e);
        }
    }

    public static ValueTask AcceptAsync(NetworkStream stream, CancellationToken cancellationToken) =>
        stream.WriteAsync(new[] { Accepted }, cancellationToken);
}
