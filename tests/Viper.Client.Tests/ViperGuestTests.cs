using System.Text;
using Viper.Contracts.Agent;
using Viper.Daemon.Tests.Harness;

namespace Viper.Client.Tests;

/// <summary>Programs and files of a VM: the client, the daemon and the agent are the real ones.</summary>
public sealed class ViperGuestTests
{
    [Fact]
    public async Task ExecAsync_Program_TellsHowItEnded()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using ViperClient client = daemon.Client();

        ExecResult result = await client.ExecAsync("a", Shell("echo out; echo err >&2; exit 7"), DaemonHarness.Deadline);
        ViperApiException missing = await Assert.ThrowsAsync<ViperApiException>(
            () => client.ExecAsync("a", new ExecRequest { Command = "no-such-program" }, DaemonHarness.Deadline));
        ViperApiException wrong = await Assert.ThrowsAsync<ViperApiException>(
            () => client.ExecAsync("a", new ExecRequest { Command = "true", User = "root" }, DaemonHarness.Deadline));

        Assert.Equal((7, "out\n", "err\n"), (result.ExitCode, result.Stdout, result.Stderr));
        Assert.Equal((422, "command_not_found"), (missing.Problem.Status, missing.Code));
        Assert.Equal("#/user", Assert.Single(wrong.Problem.Errors!).Pointer);
    }

    [Fact]
    public async Task ExecStreamAsync_Program_GivesAllThatItWritesAndItsEnd()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using ViperClient client = daemon.Client();
        using MemoryStream output = new();
        ProcessExit? exit = null;

        await foreach (ProgramEvent item in client.ExecStreamAsync("a", Shell("head -c 5000000 /dev/urandom > r; cat r; kill -TERM $$"), DaemonHarness.Deadline))
        {
            output.Write(item.Output.Span);
            exit = item.Exit;
        }

        Assert.Equal("SIGTERM", exit!.Signal);
        Assert.True(output.ToArray().AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(guest.Work, "r"))));
    }

    [Fact]
    public async Task Process_StartedFedReadAndDeleted()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using ViperClient client = daemon.Client();
        GuestProcessInfo started = await client.StartProcessAsync("a", new ProcessRequest { Command = "cat" }, DaemonHarness.Deadline);

        await client.WriteProcessInputAsync("a", started.Id, new MemoryStream("hello"u8.ToArray()), close: true, DaemonHarness.Deadline);
        StringBuilder text = new();
        await foreach (ProgramEvent item in client.ReadProcessAsync("a", started.Id, 1, 0, DaemonHarness.Deadline))
        {
            text.Append(Encoding.UTF8.GetString(item.Output.Span));
        }

        GuestProcessInfo other = await client.StartProcessAsync("a", new ProcessRequest { Command = "sleep", Args = ["1000"] }, DaemonHarness.Deadline);
        await client.SignalProcessAsync("a", other.Id, "INT", DaemonHarness.Deadline);
        await foreach (ProgramEvent item in client.ReadProcessAsync("a", other.Id, 0, 0, DaemonHarness.Deadline))
        {
            Assert.Equal("SIGINT", item.Exit?.Signal);
        }

        Assert.Equal("ello", text.ToString());
        Assert.Equal(2, (await client.ListProcessesAsync("a", DaemonHarness.Deadline)).Count);
        await client.DeleteProcessAsync("a", started.Id, DaemonHarness.Deadline);
        Assert.Equal(
            "process_not_found",
            (await Assert.ThrowsAsync<ViperApiException>(() => client.GetProcessAsync("a", started.Id, DaemonHarness.Deadline))).Code);
    }

    [Fact]
    public async Task Terminal_TypedAndResized_ShowsItAndTellsTheEnd()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using ViperClient client = daemon.Client();
        GuestProcessInfo started = await client.StartProcessAsync(
            "a", new ProcessRequest { Command = "sh", Args = ["-c", "echo ready; while [ \"$(stty size)\" = '24 80' ]; do sleep 0.05; done; stty size; read x; exit $x"], Tty = new TerminalSize() }, DaemonHarness.Deadline);
        await using ViperTerminal terminal = await client.OpenTerminalAsync("a", started.Id, hangUp: true, DaemonHarness.Deadline);

        await ShownAsync(terminal, "ready");
        await terminal.ResizeAsync(61, 31, DaemonHarness.Deadline);
        await ShownAsync(terminal, "31 61");
        await terminal.WriteAsync("9\r"u8.ToArray(), DaemonHarness.Deadline);
        byte[] rest = new byte[1000];
        while (await terminal.ReadAsync(rest, DaemonHarness.Deadline) > 0)
        {
        }

        Assert.Equal((9, "exited"), (terminal.Exit!.ExitCode, terminal.EndReason));
    }

    [Fact]
    public async Task Files_WrittenListedReadMovedAndDeleted()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using ViperClient client = daemon.Client();
        const string Odd = "d/a b%2F+\nü?#";

        GuestFile written = await client.WriteFileAsync("a", Odd, new MemoryStream("content"u8.ToArray()), 0x1c0, parents: true, DaemonHarness.Deadline);
        await client.MakeFolderAsync("a", "d/e/f", parents: true, DaemonHarness.Deadline);
        GuestFileList list = await client.ListFilesAsync("a", "d", recursive: true, DaemonHarness.Deadline);
        string read;
        await using (GuestContent content = await client.ReadFileAsync("a", Odd, DaemonHarness.Deadline))
        {
            Assert.Equal(7, content.Length);
            read = await new StreamReader(content.Stream).ReadToEndAsync(DaemonHarness.Deadline);
        }

        await client.MoveFileAsync("a", new MoveFileRequest { From = Odd, To = "moved" }, DaemonHarness.Deadline);
        await client.DeleteFileAsync("a", "d", recursive: true, DaemonHarness.Deadline);

        Assert.Equal((Odd, "0700", "content"), (written.Path, written.Mode, read));
        Assert.Equal([Odd, "d/e", "d/e/f"], list.Entries!.Select(static entry => entry.Path).Order(StringComparer.Ordinal));
        Assert.Equal(["moved"], Directory.EnumerateFileSystemEntries(guest.Work).Select(Path.GetFileName));
        await Assert.ThrowsAsync<ArgumentException>(() => client.ReadFileAsync("a", "../token", DaemonHarness.Deadline));
    }

    [Fact]
    public async Task WriteFileAsync_RefusedBeforeItIsSent_IsTheAgentsProblem()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using ViperClient client = daemon.Client();

        ViperApiException refused = await Assert.ThrowsAsync<ViperApiException>(
            () => client.WriteFileAsync("a", "absent/x", new MemoryStream(new byte[30_000_000]), null, parents: false, DaemonHarness.Deadline));

        Assert.Equal("file_not_found", refused.Code);
    }

    [Fact]
    public async Task Tree_BothWays_IsTheSame()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using ViperClient client = daemon.Client();
        await client.ExecAsync("a", Shell("mkdir -p d/e; echo x > d/e/f; ln -s e d/link"), DaemonHarness.Deadline);

        using MemoryStream archive = new();
        await using (GuestContent content = await client.ReadTreeAsync("a", "d", gzip: true, DaemonHarness.Deadline))
        {
            await content.Stream.CopyToAsync(archive, DaemonHarness.Deadline);
        }

        TreeWritten written = await client.WriteTreeAsync("a", "copy", new ByteArrayContent(archive.ToArray()), parents: true, DaemonHarness.Deadline);

        Assert.Equal((1, 2, 1), (written.Files, written.Directories, written.Symlinks));
        Assert.Equal("same\n", (await client.ExecAsync("a", Shell("diff -r d copy/d && echo same"), DaemonHarness.Deadline)).Stdout);
    }

    [Fact]
    public async Task WatchFilesAsync_Change_IsTold()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using ViperClient client = daemon.Client();
        await client.MakeFolderAsync("a", "d", parents: false, DaemonHarness.Deadline);
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(DaemonHarness.Deadline);

        // Changes are made until the watch has seen one: nothing tells from outside when it is set.
        Task changing = Task.Run(async () =>
        {
            for (int i = 0; !over.IsCancellationRequested; i++)
            {
                await client.WriteFileAsync("a", $"d/{i}", new MemoryStream(), null, parents: false, CancellationToken.None);
            }
        });
        await foreach ((string kind, FileChange change) in client.WatchFilesAsync("a", "d", over.Token))
        {
            Assert.Contains(kind, (string[])["created", "moved_from", "moved_to", "modified", "attributes"]);
            Assert.NotEmpty(change.Name);
            break;
        }

        await over.CancelAsync();
        await changing;
    }

    private static ExecRequest Shell(string script) => new() { Command = "/bin/sh", Args = ["-c", script] };

    private static async Task ShownAsync(ViperTerminal terminal, string text)
    {
        StringBuilder shown = new();
        byte[] buffer = new byte[1000];
        while (!shown.ToString().Contains(text, StringComparison.Ordinal))
        {
            int count = await terminal.ReadAsync(buffer, DaemonHarness.Deadline);
            Assert.True(count > 0, shown.ToString());
            shown.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }
}
