using System.Buffers.Binary;
using System.Net.Sockets;

namespace Viper.Daemon.Hosting;

/// <summary>The right to a unix socket's path: one living daemon per path, and what a dead one left is removed.</summary>
internal sealed class SocketClaim : IDisposable
{
    // SOL_SOCKET, SO_PEERCRED and struct ucred { pid, uid, gid }: asm-generic/socket.h, linux/socket.h.
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const int CredentialsSize = 12;

    private readonly FileStream _lock;
    private readonly string _path;

    private SocketClaim(FileStream claim, string path)
    {
        _lock = claim;
        _path = path;
    }

    /// <summary>Takes the path; throws <see cref="StartException"/> naming the daemon that has it.</summary>
    internal static SocketClaim Take(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        try
        {
            Directory.CreateDirectory(folder);

            // Held as long as the process lives, so two daemons that start at once cannot both find the socket dead.
            FileStream claim = new(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            SocketClaim taken = new(claim, path);
            try
            {
                taken.RemoveStale();
                return taken;
            }
            catch
            {
                taken.Dispose();
                throw;
            }
        }
        catch (IOException) when (WhoAnswers(path) is { } owner)
        {
            throw Taken(path, owner);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The socket {path} cannot be made: {error.Message}");
        }
    }

    public void Dispose()
    {
        _lock.Dispose();
    }

    private void RemoveStale()
    {
        if (!File.Exists(_path))
        {
            return;
        }

        if (WhoAnswers(_path) is { } owner)
        {
            throw Taken(_path, owner);
        }

        File.Delete(_path);
    }

    private static StartException Taken(string path, string owner) =>
        new($"Another daemon ({owner}) answers on {path}; stop it, or give this one another --runtime-dir.");

    // Null where nobody listens. The kernel remembers who called listen(2), whatever that process says about itself.
    private static string? WhoAnswers(string path)
    {
        try
        {
            using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            probe.Connect(new UnixDomainSocketEndPoint(path));
            Span<byte> credentials = stackalloc byte[CredentialsSize];
            probe.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
            return $"pid {BinaryPrimitives.ReadInt32LittleEndian(credentials)}";
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
