using System.Net.Sockets;
using Viper.Stage;

namespace Viper.EndToEnd.Tests;

/// <summary>Plain HTTP over the daemon's socket, as curl --unix-socket would.</summary>
internal static class UnixHttp
{
    public static async Task<HttpResponseMessage> GetAsync(ViperStage stage, string path, CancellationToken cancellationToken)
    {
        using HttpMessageInvoker http = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(stage.RuntimeFolder, "viper.sock")), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using HttpRequestMessage request = new(HttpMethod.Get, "http://localhost" + path);
        HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        return response;
    }
}
