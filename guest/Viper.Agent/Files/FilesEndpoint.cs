using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Viper.Agent.Actions;
using Viper.Agent.Http;
using Viper.Agent.Server;
using Viper.Contracts.Agent;

namespace Viper.Agent.Files;

/// <summary><c>/files</c>, <c>/files/{path…}</c>, <c>/files:move</c>, <c>/files.tar</c> and <c>/files/watch?path=</c>.</summary>
internal sealed class FilesEndpoint(FileRoot root) : IStreamedEndpoint
{
    private const string All = "/files";
    private const string Move = "/files:move";
    private const string Tree = "/files.tar";
    private const string Watch = "/files/watch";
    private const string Bytes = "application/octet-stream";
    private const int MaxBody = 64 * 1024;
    private const int PieceSize = 64 * 1024;
    private const int MaxWatches = 16;
    private const uint DefaultMode = 0x1a4; // 0644

    private readonly FileList _list = new(root);
    private int _watches;

    public bool Owns(ReadOnlySpan<char> path) => path is All or Move or Tree || path.StartsWith(All + "/", StringComparison.Ordinal);

    public async Task<AgentResponse?> AnswerAsync(StreamedRequest request) => (request.Path, request.Method) switch
    {
        (All, "GET") => Answer(200, _list.Read(PathOf(request), request.Query.Flag("recursive")), AgentJsonContext.Default.GuestFileList),
        (All, _) => Refuse(request, "GET"),
        (Move, "POST") => await MoveAsync(request),
        (Move, _) => Refuse(request, "POST"),
        (Tree, "GET") => Pack(request),
        (Tree, "PUT") => await UnpackAsync(request),
        (Tree, _) => Refuse(request, "GET, PUT"),
        (Watch, "GET") when request.Query.Has("path") => Begin(request),
        (_, "GET" or "HEAD") => Read(request),
        (_, "PUT") => await WriteAsync(request),
        (_, "DELETE") => Remove(request),
        _ => Refuse(request, "GET, HEAD, PUT, DELETE"),
    };

    private AgentResponse Read(StreamedRequest request)
    {
        var path = NameOf(request);
        var file = root.OpenRegular(path, out var status);
        var range = ByteRange.Parse(request.Head.Headers["Range"], status.Size, out var isBeyond);
        var headers = string.Create(
            CultureInfo.InvariantCulture, $"Accept-Ranges: bytes\r\nLast-Modified: {status.ModifiedAt:R}\r\nX-Viper-Mode: {FileStatus.Octal(status.Permissions)}");
        if (isBeyond)
        {
            file.Dispose();
            return Problem.Create(416, "range_not_satisfiable", $"'{path}' has {status.Size} bytes, none of which are in the range.", request.Path) with
            {
                Header = $"Content-Range: bytes */{status.Size}",
            };
        }

        var part = range ?? new ByteRange(0, status.Size);
        return new AgentResponse(range is null ? 200 : 206, Bytes, default)
        {
            Header = range is null ? headers : $"{headers}\r\nContent-Range: bytes {part.Begin}-{part.Begin + part.Length - 1}/{status.Size}",
            Content = new FileContent(file, part.Begin, part.Length),
        };
    }

    private async Task<AgentResponse> WriteAsync(StreamedRequest request)
    {
        var path = NameOf(request);
        var parents = request.Query.Flag("parents");
        if (request.Query.Raw("type") is { } type)
        {
            if (type != "directory" || request.Head.HasBody)
            {
                throw new FieldException("type", "format", "type is directory alone, without a body.");
            }

            root.MakeFolder(path, parents, Mode(request, FileRoot.FolderMode));
            return Answer(200, _list.Describe(path), AgentJsonContext.Default.GuestFile);
        }

        if (request.Head.ContentLength > HttpLimits.StreamBytes)
        {
            throw MessageReader.TooLarge(HttpLimits.StreamBytes);
        }

        var mode = Mode(request, DefaultMode);
        using var writer = FileWriter.Begin(root, path, parents);
        var buffer = new byte[PieceSize];
        int count;
        while ((count = await request.Body.ReadAsync(buffer, request.Stopping)) > 0)
        {
            writer.Write(buffer.AsSpan(0, count));
        }

        writer.Finish(mode);
        return Answer(200, _list.Describe(path), AgentJsonContext.Default.GuestFile);
    }

    private AgentResponse Remove(StreamedRequest request)
    {
        new FileRemover(root).Remove(NameOf(request), request.Query.Flag("recursive"));
        return new AgentResponse(204, Bytes, default);
    }

    private async Task<AgentResponse> MoveAsync(StreamedRequest request)
    {
        var body = Fields.ReadBody(await request.ReadBodyAsync(MaxBody), AgentJsonContext.Default.MoveFileRequest);
        var to = GuestPath.OfText("to", body.To);
        new FileMover(root).Move(GuestPath.OfText("from", body.From), to, body.Overwrite == true);
        return Answer(200, _list.Describe(to), AgentJsonContext.Default.GuestFile);
    }

    private AgentResponse Pack(StreamedRequest request)
    {
        var compresses = request.Query.Flag("gzip");
        return new AgentResponse(200, compresses ? "application/gzip" : "application/x-tar", default)
        {
            Content = new TreeContent(root, PathOf(request), compresses),
        };
    }

    private async Task<AgentResponse> UnpackAsync(StreamedRequest request)
    {
        var folder = PathOf(request);
        if (request.Query.Flag("parents"))
        {
            root.MakeFolder(folder, parents: true);
        }

        root.OpenFolder(folder, "unpack into").Dispose();
        var written = await new TreeUnpacker(root).UnpackAsync(request.Body, folder, request.Stopping);
        return Answer(200, written, AgentJsonContext.Default.TreeWritten);
    }

    private AgentResponse Begin(StreamedRequest request)
    {
        if (Interlocked.Increment(ref _watches) > MaxWatches)
        {
            Interlocked.Decrement(ref _watches);
            throw new ActionException(429, "too_many_watches", $"{MaxWatches} paths are watched already; end one first.");
        }

        try
        {
            return new AgentResponse(200, EventStream.MediaType, default)
            {
                Header = "X-Accel-Buffering: no",
                Content = FileWatch.Begin(root, PathOf(request), () => Interlocked.Decrement(ref _watches)),
            };
        }
        catch
        {
            Interlocked.Decrement(ref _watches);
            throw;
        }
    }

    private static uint Mode(StreamedRequest request, uint absent)
    {
        if (request.Query.Raw("mode") is not { } text)
        {
            return absent;
        }

        var isOctal = text.Length is > 0 and <= 4 && !text.AsSpan().ContainsAnyExceptInRange('0', '7');
        var mode = isOctal ? Convert.ToUInt32(text, 8) : uint.MaxValue;
        return mode <= 0x1ff ? mode : throw new FieldException("mode", "format", "mode is not 0000 to 0777, octal.");
    }

    private static GuestPath NameOf(StreamedRequest request) => GuestPath.Decode("path", request.Path.AsSpan(All.Length + 1));

    private static GuestPath PathOf(StreamedRequest request) => GuestPath.Decode("path", (request.Query.Raw("path") ?? string.Empty).Replace('+', ' '));

    private static AgentResponse Answer<T>(int status, T value, JsonTypeInfo<T> type) =>
        new(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(value, type));

    private static AgentResponse Refuse(StreamedRequest request, string allowed) => Problem.MethodNotAllowed(request.Path, request.Method, allowed);
}
