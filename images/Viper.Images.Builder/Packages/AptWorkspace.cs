using System.Text;
using Viper.Images.Builder.Tools;

namespace Viper.Images.Builder.Packages;

/// <summary>
/// A private home for apt: the host's sources and keys, but package lists, state and downloads of our own, so that the
/// host's package database is neither read nor changed. apt checks the signatures of what it fetches.
/// </summary>
internal sealed class AptWorkspace
{
    private const string HostLists = "/var/lib/apt/lists";
    private readonly string _directory;
    private readonly string _status;
    private string _lists;

    internal AptWorkspace(string cacheDirectory)
    {
        _directory = Path.Combine(cacheDirectory, "apt");
        _status = Path.Combine(_directory, "status");
        _lists = Path.Combine(_directory, "lists");
        Archives = Path.Combine(cacheDirectory, "packages");
        Directory.CreateDirectory(Path.Combine(_lists, "partial"));
        Directory.CreateDirectory(Path.Combine(Archives, "partial"));
        Directory.CreateDirectory(Path.Combine(_directory, "none", "partial"));
    }

    /// <summary>The folder of downloaded package archives.</summary>
    internal string Archives { get; }

    /// <summary>Fetches the package lists; falls back to the host's own where the network is away.</summary>
    internal async Task<string> UpdateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Tool.RunAsync("apt-get", [.. Options(), "-o", "APT::Update::Error-Mode=any", "update"], cancellationToken).ConfigureAwait(false);
            return "package lists fetched";
        }
        catch (ImageBuildException exception) when (exception is not MissingToolException)
        {
            if (HasLists(HostLists))
            {
                _lists = HostLists;
                return "no network: the host's own package lists are used";
            }

            if (HasLists(_lists))
            {
                return "no network: the package lists of an earlier build are used";
            }

            throw new MissingArtifactException(
                "the list of Debian packages",
                _lists,
                $"The network is away. Run 'apt-get update' where there is network, or copy the files of {HostLists} from a Debian 12 machine to {_lists}.",
                exception);
        }
    }

    /// <summary>The archives that apt would fetch to install packages on a machine that has nothing but the dropped ones.</summary>
    internal async Task<IReadOnlyList<string>> ResolveAsync(IReadOnlyList<string> packages, IReadOnlyList<string> drop, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(_status, StatusOf(drop), cancellationToken).ConfigureAwait(false);
        // apt leaves out what it has already, so it is shown an empty folder.
        string output = await Tool.RunAsync("apt-get", [.. Options(), "-o", $"Dir::Cache::archives={Path.Combine(_directory, "none")}", "--print-uris", "install", .. packages], cancellationToken).ConfigureAwait(false);
        return [.. output.Split('\n').Where(line => line.StartsWith('\'')).Select(line => line.Split(' ')[1])];
    }

    /// <summary>Fetches packages with all that they need into <see cref="Archives"/>.</summary>
    internal async Task FetchAsync(IReadOnlyList<string> packages, CancellationToken cancellationToken) =>
        await Tool.RunAsync("apt-get", [.. Options(), "--download-only", "install", .. packages], cancellationToken).ConfigureAwait(false);

    private static bool HasLists(string directory) =>
        Directory.Exists(directory) && Directory.EnumerateFiles(directory, "*_Packages*").Any();

    /// <summary>Dropped packages count as installed, in a version that satisfies everybody.</summary>
    internal static string StatusOf(IEnumerable<string> drop)
    {
        StringBuilder status = new();
        foreach (string name in drop)
        {
            status.Append("Package: ").Append(name).Append('\n')
                .Append("Status: install ok installed\nMaintainer: none <none@localhost>\nArchitecture: all\nMulti-Arch: foreign\n")
                .Append("Version: 99999\nDescription: left out of the image by its recipe\n\n");
        }

        return status.ToString();
    }

    private string[] Options() =>
    [
        "-q", "-y",
        "-o", $"Dir::State={_directory}",
        "-o", $"Dir::State::lists={_lists}",
        "-o", $"Dir::State::status={_status}",
        "-o", $"Dir::Cache={_directory}",
        "-o", $"Dir::Cache::archives={Archives}",
        "-o", "APT::Architecture=amd64",
        "-o", "APT::Install-Recommends=false",
        "-o", "APT::Install-Suggests=false",
        "-o", "APT::Get::AllowUnauthenticated=false",
        "-o", "APT::Keep-Downloaded-Packages=true",
        // The folders belong to whoever builds; apt's own user may not be able to write there.
        "-o", $"APT::Sandbox::User={Environment.UserName}",
        // One builder at a time uses this workspace: PackageCache holds the lock, also against a builder that was killed.
        "-o", "Debug::NoLocking=true",
    ];
}
