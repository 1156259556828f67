using System.Security.Cryptography;
using Viper.Daemon.Hosting;

namespace Viper.Daemon.Security;

/// <summary>The secret that tickets are signed with: <c>ticket.key</c> in the state directory, made once.</summary>
internal static class TicketKey
{
    internal const string FileName = "ticket.key";
    internal const int Length = 32;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the key, or makes it where there is none; one that others could read is closed to them.</summary>
    /// <exception cref="StartException">The file cannot be read or made, or is no key.</exception>
    internal static byte[] LoadOrMake(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            if (!File.Exists(path))
            {
                Make(path);
            }
            else if (File.GetUnixFileMode(path) != Private)
            {
                File.SetUnixFileMode(path, Private);
            }

            byte[] key = File.ReadAllBytes(path);
            return key.Length == Length
                ? key
                : throw new StartException($"'{path}' has {key.Length} bytes instead of {Length}; remove it, which makes all tickets void, and the daemon makes another.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The key of tickets, '{path}', cannot be used: {error.Message}", error);
        }
    }

    // Under another name until it is whole and on the disk. What a crash left of an earlier attempt is written over.
    private static void Make(string path)
    {
        string partial = path + ".new";
        File.Delete(partial);
        using (FileStream file = new(partial, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private }))
        {
            file.Write(RandomNumberGenerator.GetBytes(Length));
            file.Flush(flushToDisk: true);
        }

        File.Move(partial, path, overwrite: false);
    }
}
