using System.Net.Sockets;

namespace Viper.Hypervisor.CloudHypervisor;

/// <summary>Finds out, after a request failed, whether the VMM lives.</summary>
internal static class SurvivalProbe
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Asks for at most a second. Never throws.</summary>
    public static async Task<VmmSurvival> RunAsync(string socketPath)
    {
        using CancellationTokenSource deadline = new(s_limit);
        try
        {
            while (true)
            {
                using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), deadline.Token).ConfigureAwait(false);
                }
                catch (SocketException)
                {
                    return VmmSurvival.Gone;
                }

                try
                {
                    using HttpConnection connection = new(socket);
                    HttpResponse response =
                        await connection.SendAsync(ApiOperation.Ping, null, [], s_limit, deadline.Token).ConfigureAwait(false);
                    return response.Status switch
                    {
                        >= 200 and < 300 => VmmSurvival.Alive,
                        // Too many connections: somebody is there to say so.
                        503 => VmmSurvival.Alive,
                        // Without its own thread the VMM answers a ping with an error until the process has ended.
                        500 => VmmSurvival.Gone,
                        _ => VmmSurvival.Unknown,
                    };
                }
                catch (IOException)
                {
                    // Closed at once: a process that ends closes its sockets one by one, so look again.
                    await Task.Delay(s_pause, deadline.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return VmmSurvival.Unresponsive;
        }
        catch (Exception e) when (e is InvalidDataException or SocketException)
        {
            return VmmSurvival.Unknown;
        }
    }
}
