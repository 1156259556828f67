using System.Net;

namespace Viper.Orchestration.Network.Names;

/// <summary>The name servers to ask: those of the settings, or those that the host uses now (resolv.conf(5)).</summary>
/// <remarks>Thread-safe. The file is read again when it has changed: networks come and go.</remarks>
internal sealed class HostResolvers(IReadOnlyList<IPAddress> configured, IPAddress self, string path = HostResolvers.SystemPath)
{
    private const string SystemPath = "/etc/resolv.conf";
    private const int Port = 53;

    // MAXNS of resolv.h.
    private const int Most = 3;
    private const long LargestFile = 64 * 1024;

    private readonly Lock _gate = new();
    private DateTime _read;
    private IReadOnlyList<IPEndPoint> _known = [];

    /// <summary>The servers, in the order in which they are to be asked; empty where the host knows none.</summary>
    internal IReadOnlyList<IPEndPoint> Now()
    {
        if (configured.Count > 0)
        {
            return [.. configured.Select(static address => new IPEndPoint(address, Port))];
        }

        lock (_gate)
        {
            try
            {
                FileInfo file = new(path);
                if (file.LastWriteTimeUtc != _read)
                {
                    _known = file.Exists && file.Length <= LargestFile ? Parse(File.ReadLines(path), self) : [];
                    _read = file.LastWriteTimeUtc;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _known = [];
            }

            return _known;
        }
    }

    /// <summary>The servers of a file, this one left out.</summary>
    internal static IReadOnlyList<IPEndPoint> Parse(IEnumerable<string> lines, IPAddress self) =>
    [
        .. lines.Select(static line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(static words => words is ["nameserver", _, ..])
            .Select(static words => IPAddress.TryParse(words[1], out IPAddress? address) ? address : null)
            .OfType<IPAddress>()
            .Where(address => !address.Equals(self))
            .Distinct()
            .Take(Most)
            .Select(static address => new IPEndPoint(address, Port)),
    ];
}
