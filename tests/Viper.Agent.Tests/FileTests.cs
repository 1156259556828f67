using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Viper.Agent.Interop;
using Viper.Contracts.Agent;

namespace Viper.Agent.Tests;

[Collection(Alone.Name)]
public sealed partial class FileTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task File_Written_IsTheUsersAndReadAsItWas()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var content = new byte[3_000_000];
        Random.Shared.NextBytes(content);

        using var put = await client.SendAsync(HttpMethod.Put, "/files/a/b/c.bin?parents=true&mode=0640", content);
        var written = await put.ReadAsync(HttpStatusCode.OK, AgentJsonContext.Default.GuestFile);
        using var get = await client.SendAsync(HttpMethod.Get, "/files/a/b/c.bin");

        Assert.Equal(("a/b/c.bin", GuestFileType.File, 3_000_000, "0640"), (written.Path, written.Type, (int)written.Size, written.Mode));
        Assert.Equal(content, await get.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal("65532 65532 640\n65532 65532 755\n", (await client.ExecAsync("stat -c '%u %g %a' a/b/c.bin a")).Stdout);
        Assert.Equal(["c.bin"], Names(agent, "a/b"));
    }

    [Fact]
    public async Task File_SentInChunks_IsWhole()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/files/chunks") { Content = new StreamContent(new MemoryStream(new byte[700_000])) };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.ExpectContinue = true;

        using var put = await client.SendAsync(request, Cancel);

        Assert.Equal(700_000, (await put.ReadAsync(HttpStatusCode.OK, AgentJsonContext.Default.GuestFile)).Size);
    }

    [Fact]
    public async Task File_HalfSent_LeavesTheOldOneAndNothingElse()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        using var put = await client.SendAsync(HttpMethod.Put, "/files/a", "old"u8.ToArray());

        var answer = await HalfAsync(agent, "a");

        AccessTests.AssertProblem(answer, 400, "validation_failed");
        Assert.Equal(["a"], Names(agent));
        Assert.Equal("old", File.ReadAllText(Path.Combine(agent.Work, "a")));
    }

    [Theory]
    [InlineData("bytes=0-3", 206, "0123", "bytes 0-3/10")]
    [InlineData("bytes=7-", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-2", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=-20", 206, "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=8-100", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=0-0", 206, "0", "bytes 0-0/10")]
    [InlineData("bytes=10-", 416, null, "bytes */10")]
    [InlineData("bytes=-0", 416, null, "bytes */10")]
    [InlineData("bytes=5-2", 200, "0123456789", null)]
    [InlineData("bytes=0-1,3-4", 200, "0123456789", null)]
    [InlineData("lines=0-1", 200, "0123456789", null)]
    [InlineData("bytes=99999999999999999999-", 200, "0123456789", null)]
    public async Task File_Range_IsThatPart(string range, int status, string? content, string? told)
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        agent.Folder.Write("work/digits", "0123456789");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/files/digits");
        request.Headers.TryAddWithoutValidation("Range", range);

        using var answer = await client.SendAsync(request, Cancel);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(told, answer.Content.Headers.ContentRange?.ToString());
        if (content is not null)
        {
            Assert.Equal(content, await answer.Content.ReadAsStringAsync(Cancel));
        }
    }

    [Fact]
    public async Task File_Head_TellsSizeAndModeAlone()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        agent.Folder.Write("work/digits", "0123456789");

        var answer = await agent.AskAsync("HEAD", "/files/digits");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 10\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("X-Viper-Mode: 0644\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_Empty_IsWrittenAndRead()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();

        using var put = await client.SendAsync(HttpMethod.Put, "/files/empty", []);
        using var get = await client.SendAsync(HttpMethod.Get, "/files/empty");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, 0L), (put.StatusCode, get.StatusCode, get.Content.Headers.ContentLength));
    }

    /// <summary>Each way out of the folder, for each verb that takes a path.</summary>
    [Theory]
    [InlineData("absolute/passwd")]
    [InlineData("relative/etc/passwd")]
    [InlineData("chain/passwd")]
    [InlineData("self/root/etc/passwd")]
    [InlineData("file")]
    [InlineData("mounted/inside")]
    public async Task File_WayOut_IsRefused(string path)
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        Directory.CreateDirectory(Path.Combine(agent.Work, "mounted"));
        using var mount = new TempMount(Path.Combine(agent.Work, "mounted"), "mode=0777");
        File.WriteAllText(Path.Combine(agent.Work, "mounted", "inside"), "of the mount");
        foreach (var (link, target) in new[]
        {
            ("absolute", "/etc"), ("relative", "../../../../../../../.."), ("chain", "absolute"), ("self", "/proc/self"), ("file", "/etc/passwd"),
        })
        {
            File.CreateSymbolicLink(Path.Combine(agent.Work, link), target);
        }

        var before = File.ReadAllText("/etc/passwd");
        var isLeaf = path == "file";
        foreach (var (method, target) in new[]
        {
            ("GET", $"/files/{path}"), ("HEAD", $"/files/{path}"), ("PUT", $"/files/{path}"), ("DELETE", $"/files/{path}"), ("GET", $"/files?path={path}"),
            ("GET", $"/files/watch?path={path}"), ("GET", $"/files.tar?path={path}"), ("PUT", $"/files.tar?path={path}"), ("PUT", $"/files/{path}/new?parents=true"),
        })
        {
            // A link itself may be replaced, removed, listed and packed: it is the guest's own.
            if (isLeaf && (method == "DELETE" || target is "/files/file" && method == "PUT" || target.StartsWith("/files?", StringComparison.Ordinal) || method == "GET" && target.Contains("tar", StringComparison.Ordinal)))
            {
                continue;
            }

            using var answer = await client.SendAsync(new HttpMethod(method), target, method == "PUT" ? "x"u8.ToArray() : null);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{method} {target}: {answer.StatusCode}");
        }

        using var moved = await client.SendJsonAsync(
            HttpMethod.Post, "/files:move", new MoveFileRequest { From = path + (isLeaf ? "/x" : ""), To = "out" }, AgentJsonContext.Default.MoveFileRequest);
        Assert.Equal(HttpStatusCode.Forbidden, moved.StatusCode);
        Assert.Equal(before, File.ReadAllText("/etc/passwd"));
        Assert.Equal("of the mount", File.ReadAllText(Path.Combine(agent.Work, "mounted", "inside")));
    }

    [Theory]
    [InlineData("GET", "/files/../token")]
    [InlineData("GET", "/files/%2e%2e/token")]
    [InlineData("GET", "/files/a/..%2f..%2ftoken")]
    [InlineData("PUT", "/files/../x")]
    [InlineData("DELETE", "/files/..")]
    [InlineData("GET", "/files?path=..")]
    [InlineData("GET", "/files.tar?path=a/../..")]
    [InlineData("PUT", "/files.tar?path=..")]
    [InlineData("GET", "/files/watch?path=..")]
    [InlineData("GET", "/files/a%00b")]
    [InlineData("GET", "/files/a%4")]
    [InlineData("PUT", "/files/a?mode=9")]
    [InlineData("PUT", "/files/a?mode=4755")]
    [InlineData("PUT", "/files/a?type=fifo")]
    [InlineData("GET", "/files?recursive=maybe")]
    public async Task File_PathThatClimbsOrIsNone_Is400(string method, string target)
    {
        await using var agent = AgentHarness.WithoutBrowser();

        // As raw text: clients take such paths apart before they send them.
        AccessTests.AssertProblem(await agent.AskAsync(method, target, method == "PUT" && !target.Contains("type", StringComparison.Ordinal) ? "x" : ""), 400, "validation_failed");
        Assert.Equal(AgentHarness.Token, File.ReadAllText(agent.Folder.At("token")));
    }

    [Fact]
    public async Task File_LinkThatStaysWithin_IsFollowed()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        await client.ExecAsync("mkdir -p real/deep; echo hi > real/deep/f; ln -s real/deep short; ln -s ../real up; mv up real/up");

        using var through = await client.SendAsync(HttpMethod.Get, "/files/short/f");
        using var around = await client.SendAsync(HttpMethod.Get, "/files/real/up/deep/f");

        Assert.Equal(("hi\n", "hi\n"), (await through.Content.ReadAsStringAsync(Cancel), await around.Content.ReadAsStringAsync(Cancel)));
    }

    /// <summary>Somebody in the guest changes a folder into a link out, again and again, while files are read and written.</summary>
    [Fact]
    public async Task File_FolderBecomesALinkMeanwhile_NeverLeadsOut()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var outside = agent.Folder.MakeFor("outside", GuestPlaces.UserId);
        File.WriteAllText(Path.Combine(outside, "f"), "outside");
        await client.StartAsync(
            $"mkdir a; echo inside > a/f; ln -s {outside} l; while :; do mv a b; mv l a; mv a l; mv b a; done 2>/dev/null");

        for (var i = 0; i < 300; i++)
        {
            using var get = await client.SendAsync(HttpMethod.Get, "/files/a/f");
            Assert.DoesNotContain("outside", await get.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
            using var put = await client.SendAsync(HttpMethod.Put, "/files/a/g", "x"u8.ToArray());
        }

        Assert.Equal(["f"], Directory.EnumerateFileSystemEntries(outside).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("socket")]
    [InlineData("device")]
    public async Task File_Special_IsRefusedAndNeverBlocks(string kind)
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(agent.Work, "socket")));
        await client.ExecAsync("mkfifo fifo");
        Assert.Equal(0, mknod(Path.Combine(agent.Work, "device"), 0x2000 | 0x1b6, 0x105)); // /dev/zero

        using var get = await client.SendAsync(HttpMethod.Get, $"/files/{kind}");
        await get.ProblemAsync(409, "special_file");
        using var tar = await client.SendAsync(HttpMethod.Get, $"/files.tar?path={kind}");
        await tar.ProblemAsync(409, "special_file");
        using var list = await client.SendAsync(HttpMethod.Get, $"/files?path={kind}");
        Assert.Equal(GuestFileType.Special, (await list.ReadAsync(HttpStatusCode.OK, AgentJsonContext.Default.GuestFileList)).Entry.Type);

        // Writing puts a file in its place, and removing takes its name: neither opens it.
        using var put = await client.SendAsync(HttpMethod.Put, $"/files/{kind}", "x"u8.ToArray());
        Assert.Equal(GuestFileType.File, (await put.ReadAsync(HttpStatusCode.OK, AgentJsonContext.Default.GuestFile)).Type);
        using var delete = await client.SendAsync(HttpMethod.Delete, $"/files/{kind}");
        Assert.Equal(HttpStatusCode.NoContent, delete.StatusCode);
    }

    [Fact]
    public async Task File_OfRoot_IsNotTheUsersToHave()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        agent.Folder.Write("work/secret", "of root");
        File.SetUnixFileMode(Path.Combine(agent.Work, "secret"), UnixFileMode.UserRead);
        Directory.CreateDirectory(Path.Combine(agent.Work, "roots"));

        using var get = await client.SendAsync(HttpMethod.Get, "/files/secret");
        await get.ProblemAsync(403, "permission_denied");
        using var put = await client.SendAsync(HttpMethod.Put, "/files/roots/x", "x"u8.ToArray());
        await put.ProblemAsync(403, "permission_denied");
    }

    [Fact]
    public async Task File_DiskFull_IsAProblemAndLeavesNothing()
    {
        using var disk = new TempFolder();
        using var mount = new TempMount(disk.MakeFor("disk", GuestPlaces.UserId), "size=1m,mode=0777");
        await using var agent = AgentHarness.WithoutBrowser(options => options with { Work = options.Work with { Root = disk.At("disk") } });
        using var client = agent.Client();

        using var put = await client.SendAsync(HttpMethod.Put, "/files/much", new byte[8_000_000]);
        await put.ProblemAsync(507, "storage_full");
        using var tar = await client.SendAsync(HttpMethod.Put, "/files.tar", TarTests.Archive(("a", new byte[4_000_000])));
        await tar.ProblemAsync(507, "storage_full");

        Assert.Empty(Directory.EnumerateFileSystemEntries(disk.At("disk")));
        using var little = await client.SendAsync(HttpMethod.Put, "/files/little", "x"u8.ToArray());
        Assert.Equal(HttpStatusCode.OK, little.StatusCode);
    }

    [Fact]
    public async Task File_LargerThanAnyMayBe_Is413BeforeItIsSent()
    {
        await using var agent = AgentHarness.WithoutBrowser();

        var answer = await agent.AskAsync("PUT", "/files/huge", headers: "Content-Length: 99999999999999\r\nExpect: 100-continue\r\n");

        AccessTests.AssertProblem(answer, 413, "payload_too_large");
        Assert.Empty(Names(agent));
    }

    [Fact]
    public async Task List_Names_AreToldAsTheyAre()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        await client.ExecAsync("""N="$(printf 'd/new\nline')"; mkdir -p "$N"; touch "$N/f" 'd/a b%2f+' "$(printf 'd/raw\377')"; ln -s /etc d/out; mkfifo d/pipe""");

        using var answer = await client.SendAsync(HttpMethod.Get, "/files?path=d&recursive=true");
        var list = await answer.ReadAsync(HttpStatusCode.OK, AgentJsonContext.Default.GuestFileList);

        Assert.Equal((agent.Work, "d", GuestFileType.Directory), (list.Root, list.Entry.Path, list.Entry.Type));
        var byPath = list.Entries!.ToDictionary(static entry => entry.Path);
        Assert.Equal(GuestFileType.File, byPath.Single(static pair => pair.Key.StartsWith("d/new\n", StringComparison.Ordinal) && pair.Key.EndsWith("/f", StringComparison.Ordinal)).Value.Type);
        Assert.Equal(("/etc", GuestFileType.Symlink), (byPath["d/out"].Target, byPath["d/out"].Type));
        Assert.Equal("d/raw\xff", Encoding.Latin1.GetString(Convert.FromBase64String(byPath["d/raw�"].PathBase64!)));
        Assert.Equal(6, byPath.Count);

        using var odd = await client.SendAsync(HttpMethod.Delete, "/files/d/raw%ff");
        using var encoded = await client.SendAsync(HttpMethod.Delete, "/files/d/a%20b%252f%2B");
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (odd.StatusCode, encoded.StatusCode));
    }

    [Fact]
    public async Task Delete_Folder_OnlyWhenAskedToAndLinksAreNotFollowed()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        await client.ExecAsync("mkdir -p d/e/f keep; touch d/e/f/x keep/me; ln -s ../keep d/link; mkdir d/e/empty");

        using var refused = await client.SendAsync(HttpMethod.Delete, "/files/d");
        await refused.ProblemAsync(409, "directory_not_empty");
        using var gone = await client.SendAsync(HttpMethod.Delete, "/files/d?recursive=true");
        using var root = await client.SendAsync(HttpMethod.Delete, "/files/?recursive=true");

        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        await root.ProblemAsync(409, "file_busy");
        Assert.Equal(["keep"], Names(agent));
        Assert.Equal(["me"], Names(agent, "keep"));
    }

    [Fact]
    public async Task Delete_MountWithin_IsNotEntered()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        await client.ExecAsync("mkdir -p d/mounted");
        using var mount = new TempMount(Path.Combine(agent.Work, "d/mounted"), "mode=0777");
        File.WriteAllText(Path.Combine(agent.Work, "d/mounted/inside"), "x");

        using var answer = await client.SendAsync(HttpMethod.Delete, "/files/d?recursive=true");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.True(File.Exists(Path.Combine(agent.Work, "d/mounted/inside")));
    }

    [Fact]
    public async Task Delete_VeryDeep_IsAProblemAndNoCrash()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        await client.ExecAsync("i=0; while [ $i -lt 400 ]; do mkdir d; cd d; i=$((i+1)); done");

        using var answer = await client.SendAsync(HttpMethod.Delete, "/files/d?recursive=true");

        await answer.ProblemAsync(422, "too_deep");
    }

    [Fact]
    public async Task Move_File_KeepsWhatIsThereUnlessAskedTo()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        await client.ExecAsync("mkdir d; echo a > a; echo b > d/b");

        var move = new MoveFileRequest { From = "/a", To = "d/b" };
        using var refused = await client.SendJsonAsync(HttpMethod.Post, "/files:move", move, AgentJsonContext.Default.MoveFileRequest);
        await refused.ProblemAsync(409, "file_exists");
        using var moved = await client.SendJsonAsync(HttpMethod.Post, "/files:move", move with { Overwrite = true }, AgentJsonContext.Default.MoveFileRequest);
        Assert.Equal("d/b", (await moved.ReadAsync(HttpStatusCode.OK, AgentJsonContext.Default.GuestFile)).Path);
        using var again = await client.SendJsonAsync(HttpMethod.Post, "/files:move", move, AgentJsonContext.Default.MoveFileRequest);
        await again.ProblemAsync(404, "file_not_found");

        Assert.Equal("a\n", File.ReadAllText(Path.Combine(agent.Work, "d/b")));
    }

    [Theory]
    [InlineData("GET", "/files/absent", 404, "file_not_found")]
    [InlineData("GET", "/files/d", 409, "is_directory")]
    [InlineData("PUT", "/files/d", 409, "is_directory")]
    [InlineData("PUT", "/files/", 409, "is_directory")]
    [InlineData("GET", "/files/f/x", 409, "not_a_directory")]
    [InlineData("PUT", "/files/absent/x", 404, "file_not_found")]
    [InlineData("PUT", "/files/f/x?parents=true", 409, "not_a_directory")]
    [InlineData("PUT", "/files/f?type=directory", 409, "not_a_directory")]
    [InlineData("DELETE", "/files/absent", 404, "file_not_found")]
    [InlineData("GET", "/files?path=absent", 404, "file_not_found")]
    [InlineData("GET", "/files.tar?path=absent", 404, "file_not_found")]
    [InlineData("PUT", "/files.tar?path=absent", 404, "file_not_found")]
    [InlineData("PUT", "/files.tar?path=f", 409, "not_a_directory")]
    [InlineData("GET", "/files/watch?path=absent", 404, "file_not_found")]
    [InlineData("GET", "/files/watch", 404, "file_not_found")]
    [InlineData("POST", "/files", 405, "method_not_allowed")]
    [InlineData("GET", "/files:move", 405, "method_not_allowed")]
    [InlineData("DELETE", "/files.tar", 405, "method_not_allowed")]
    [InlineData("PATCH", "/files/f", 405, "method_not_allowed")]
    [InlineData("GET", "/filesystem", 404, "not_found")]
    public async Task File_NothingThere_IsAProblem(string method, string path, int status, string code)
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        await client.ExecAsync("mkdir d; touch f");

        using var answer = await client.SendAsync(new HttpMethod(method), path, method == "PUT" && !path.Contains("type", StringComparison.Ordinal) ? "x"u8.ToArray() : null);

        await answer.ProblemAsync(status, code);
        Assert.Equal(["d", "f"], Names(agent));
    }

    [Fact]
    public async Task Watch_Changes_AreTold()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        await client.ExecAsync("mkdir d");
        using var answer = await client.SendAsync(HttpMethod.Get, "/files/watch?path=d");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));
        Assert.Equal(": keepalive", await reader.ReadLineAsync(Cancel));

        await client.ExecAsync("echo x > d/new; mkdir d/sub; mv d/new d/other; rm d/other; rmdir d/sub; rmdir d");
        var events = await reader.EventsAsync("gone");

        var told = events.Select(e => (e.Name, Change: JsonSerializer.Deserialize(e.Data, AgentJsonContext.Default.FileChange)!)).ToList();
        Assert.Equal(["created", "moved_from", "moved_to", "deleted"], told.Where(e => e.Change.Name is "new" or "other" && e.Name is not ("modified" or "attributes")).Select(e => e.Name));
        Assert.Contains(told, e => e is { Name: "modified", Change.Name: "new" });
        Assert.Contains(told, e => e is { Name: "created", Change: { Name: "sub", IsDirectory: true } });
        var (from, to) = (told.Single(e => e.Name == "moved_from"), told.Single(e => e.Name == "moved_to"));
        Assert.True(from.Change.Cookie != 0 && from.Change.Cookie == to.Change.Cookie);
    }

    [Fact]
    public async Task Watch_MoreThanMayBe_Is429AndAnEndMakesRoom()
    {
        await using var agent = AgentHarness.WithoutBrowser();
        using var client = agent.Client();
        var watches = new List<HttpResponseMessage>();
        for (var i = 0; i < 16; i++)
        {
            watches.Add(await client.SendAsync(HttpMethod.Get, "/files/watch?path="));
        }

        using (var refused = await client.SendAsync(HttpMethod.Get, "/files/watch?path="))
        {
            await refused.ProblemAsync(429, "too_many_watches");
        }

        watches.ForEach(static watch => watch.Dispose());
        while (true)
        {
            // The agent notices that a caller is gone when it is gone.
            using var again = await client.SendAsync(HttpMethod.Get, "/files/watch?path=");
            if (again.StatusCode == HttpStatusCode.OK)
            {
                return;
            }

            await again.ProblemAsync(429, "too_many_watches");
        }
    }

    [Fact]
    public void Structs_AreThoseOfTheKernel()
    {
        Assert.Equal(24, Marshal.SizeOf<Libc.OpenHow>());
        Assert.Equal(256, Marshal.SizeOf<Libc.StatX>());
        Assert.Equal(8, Marshal.SizeOf<Libc.WindowSize>());
    }

    private static IEnumerable<string?> Names(AgentHarness agent, string folder = "") =>
        Directory.EnumerateFileSystemEntries(Path.Combine(agent.Work, folder)).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private static async Task<string> HalfAsync(AgentHarness agent, string name)
    {
        using var socket = await agent.ConnectAsync();
        var head = $"PUT /files/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {AgentHarness.Token}\r\nContent-Length: 100000\r\n\r\n";
        using var answer = new StreamReader(new NetworkStream(socket));
        await socket.SendAsync(Encoding.ASCII.GetBytes(head + "half"), Cancel);
        socket.Shutdown(SocketShutdown.Send);
        return await answer.ReadToEndAsync(Cancel);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mknod(string path, uint mode, ulong device);
}
