using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Viper.Client.Internal;
using Viper.Contracts.Agent;

namespace Viper.Client;

public sealed partial class ViperClient
{
    private const string Files = "/agent/files";

    /// <summary>Says what a path in a VM's folder of files is and, of a folder, what is in it.</summary>
    public Task<GuestFileList> ListFilesAsync(string name, string path, bool recursive, CancellationToken cancellationToken) => GetAsync(
        RequestPath.OfVm(name, Files).With("path", path).With("recursive", recursive ? "true" : null), AgentJsonContext.Default.GuestFileList, TimeSpan.Zero, cancellationToken);

    /// <summary>Reads a file of a VM as it comes; the caller disposes it.</summary>
    public Task<GuestContent> ReadFileAsync(string name, string path, CancellationToken cancellationToken) =>
        ReadContentAsync(FilePath(name, path), cancellationToken);

    /// <summary>Writes a file of a VM, in the place of one that is there already; as a whole or not at all.</summary>
    /// <param name="name">The VM.</param>
    /// <param name="path">The path.</param>
    /// <param name="content">What it is to hold, read from where it stands.</param>
    /// <param name="mode">The permissions, 0 to 0777; null for 0644.</param>
    /// <param name="parents">Whether folders on the way are made.</param>
    /// <param name="cancellationToken">Ends the attempt, and leaves what was there.</param>
    public Task<GuestFile> WriteFileAsync(string name, string path, Stream content, int? mode, bool parents, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        RequestPath target = FilePath(name, path).With("mode", mode is { } bits ? Convert.ToString(bits, 8) : null).With("parents", parents ? "true" : null);
        return UploadAsync(target, new StreamContent(content), AgentJsonContext.Default.GuestFile, cancellationToken);
    }

    /// <summary>Makes a folder in a VM; one that is there already is left as it is.</summary>
    public async Task<GuestFile> MakeFolderAsync(string name, string path, bool parents, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Put, FilePath(name, path).With("type", "directory").With("parents", parents ? "true" : null));
        return await SendAsync(request, AgentJsonContext.Default.GuestFile, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a file of a VM, or an empty folder; with all that is in it when asked to.</summary>
    public Task DeleteFileAsync(string name, string path, bool recursive, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, FilePath(name, path).With("recursive", recursive ? "true" : null), null, cancellationToken);

    /// <summary>Gives a file or folder of a VM another path.</summary>
    public async Task<GuestFile> MoveFileAsync(string name, MoveFileRequest move, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(move);
        using HttpRequestMessage request = Request(HttpMethod.Post, RequestPath.OfVm(name, Files + ":move"));
        request.Content = JsonBody(move, AgentJsonContext.Default.MoveFileRequest);
        return await SendAsync(request, AgentJsonContext.Default.GuestFile, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A file or folder of a VM as a tar archive, packed as it comes; the caller disposes it. What it holds is the guest's to say.</summary>
    public Task<GuestContent> ReadTreeAsync(string name, string path, bool gzip, CancellationToken cancellationToken) =>
        ReadContentAsync(RequestPath.OfVm(name, Files + ".tar").With("path", path).With("gzip", gzip ? "true" : null), cancellationToken);

    /// <summary>Unpacks a tar archive, compressed by gzip or not, in a folder of a VM.</summary>
    /// <param name="name">The VM.</param>
    /// <param name="path">The folder.</param>
    /// <param name="archive">The archive; disposed.</param>
    /// <param name="parents">Whether the folder and those on the way are made.</param>
    /// <param name="cancellationToken">Ends the attempt; what was unpacked stays.</param>
    public Task<TreeWritten> WriteTreeAsync(string name, string path, HttpContent archive, bool parents, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archive);
        RequestPath target = RequestPath.OfVm(name, Files + ".tar").With("path", path).With("parents", parents ? "true" : null);
        return UploadAsync(target, archive, AgentJsonContext.Default.TreeWritten, cancellationToken);
    }

    /// <summary>What happens to a path of a VM, and to what is in it, from when the stream is open until the path is gone; the kind as <see cref="FileChange"/> has it.</summary>
    public async IAsyncEnumerable<(string Kind, FileChange Change)> WatchFilesAsync(string name, string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ServerSentEvent item in ReadEventsAsync(
            () => Request(HttpMethod.Get, RequestPath.OfVm(name, Files + "/watch").With("path", path)), cancellationToken).ConfigureAwait(false))
        {
            yield return (item.Type, ReadEvent(item, AgentJsonContext.Default.FileChange));
        }
    }

    private static RequestPath FilePath(string name, string path)
    {
        ArgumentNullException.ThrowIfNull(path);

        // Dots would be taken away by whoever makes a URL of it, and the path be another.
        StringBuilder below = new(Files);
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static part => part != "."))
        {
            below.Append('/').Append(part != ".." ? Uri.EscapeDataString(part) : throw new ArgumentException("A path in a VM has no '..'.", nameof(path)));
        }

        return RequestPath.OfVm(name, below.Length == Files.Length ? Files + "/" : below.ToString());
    }

    private async Task<GuestContent> ReadContentAsync(RequestPath path, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, path);
        using CancellationTokenSource deadline = Deadline(TimeSpan.Zero, cancellationToken);
        HttpResponseMessage response = await SendAsync(request, deadline.Token, cancellationToken).ConfigureAwait(false);
        return new GuestContent(response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
    }

    // However long it takes: what is refused is refused before it is sent.
    private async Task<T> UploadAsync<T>(RequestPath path, HttpContent content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Put, path);
        request.Content = content;
        request.Headers.ExpectContinue = true;
        return await SendAsync(request, type, Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
    }
}
