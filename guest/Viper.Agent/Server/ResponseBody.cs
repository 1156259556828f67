using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Viper.Agent.DevTools;

namespace Viper.Agent.Server;

/// <summary>Writes the body of a streamed answer: as it is where its length was told, in chunks otherwise.</summary>
internal sealed class ResponseBody
{
    private readonly Socket _socket;
    private readonly bool _isChunked;
    private readonly TimeSpan _silence;

    internal ResponseBody(Socket socket, bool isChunked, TimeSpan silence)
    {
        _socket = socket;
        _isChunked = isChunked;
        _silence = silence;
    }

    /// <summary>Sends a piece; returns when the kernel has it.</summary>
    internal async Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (data.IsEmpty)
        {
            return;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_silence);
        if (!_isChunked)
        {
            await DevToolsClient.SendAllAsync(_socket, data, deadline.Token);
            return;
        }

        var size = Encoding.ASCII.GetBytes(data.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n");
        await DevToolsClient.SendAllAsync(_socket, (byte[])[.. size, .. data.Span, .. "\r\n"u8], deadline.Token);
    }

    /// <summary>Ends the body.</summary>
    internal async Task EndAsync(CancellationToken cancellationToken)
    {
        if (_isChunked)
        {
            await DevToolsClient.SendAllAsync(_socket, "0\r\n\r\n"u8.ToArray(), cancellationToken);
        }
    }
}
