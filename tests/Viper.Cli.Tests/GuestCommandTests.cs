using System.Formats.Tar;
using Viper.Cli.Copying;
using Viper.Daemon.Tests.Harness;

namespace Viper.Cli.Tests;

/// <summary><c>viper vms exec|shell|cp</c>, with the real daemon and the real agent behind them.</summary>
public sealed class GuestCommandTests
{
    [Fact]
    public async Task Exec_Program_PassesOutputErrorsAndExitCode()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");

        (int exit, string output, string errors) = await CliRun.RunAsync(
            daemon, "vms", "exec", "a", "-e", "WHO=you", "--cwd", guest.Work, "--", "sh", "-c", "echo \"to $WHO $1\"; pwd; echo oh >&2; exit 42", "sh", "--flag");

        Assert.Equal((42, $"to you --flag\n{guest.Work}\n", "oh\n"), (exit, output, errors));
    }

    [Fact]
    public async Task Exec_Program_IsLive()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        await using CliRun run = CliRun.Start("unix:" + daemon.SocketPath, null, "vms", "exec", "a", "sh", "--", "-c", "mkfifo go; echo first; read x < go; echo $x");

        Assert.Equal("first", await run.Output.ReadLineAsync(DaemonHarness.Deadline));
        await File.WriteAllTextAsync(Path.Combine(guest.Work, "go"), "second\n", DaemonHarness.Deadline);
        (int exit, string output, _) = await run.FinishAsync();

        Assert.Equal((0, "second\n"), (exit, output));
    }

    [Theory]
    [InlineData("kill -TERM $$", 143)]
    [InlineData("kill -9 $$", 137)]
    public async Task Exec_Signal_IsTheExitCodeOfAShell(string script, int expected)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");

        Assert.Equal(expected, (await CliRun.RunAsync(daemon, "vms", "exec", "a", "--", "sh", "-c", script)).Exit);
    }

    [Fact]
    public async Task Exec_NoSuchProgramFolderOrVm_IsSaid()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");

        (int missing, _, string words) = await CliRun.RunAsync(daemon, "vms", "exec", "a", "no-such-program");
        int folder = (await CliRun.RunAsync(daemon, "vms", "exec", "a", "-w", "/no/such/folder", "true")).Exit;
        int vm = (await CliRun.RunAsync(daemon, "vms", "exec", "b", "true")).Exit;
        (int time, _, string late) = await CliRun.RunAsync(daemon, "vms", "exec", "a", "--timeout", "1", "sleep", "1000");

        Assert.Equal((127, ExitCode.NotFound, ExitCode.NotFound, ExitCode.Deadline), (missing, folder, vm, time));
        Assert.Contains("no-such-program", words);
        Assert.Contains("time was up", late);
    }

    [Fact]
    public async Task Exec_PipedInput_IsGivenWholeAndJsonIsOneDocument()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        await using CliRun run = Shell(daemon, "seq 1 100000 | \"$0\" vms exec a -i -- tail -n 1; \"$0\" vms exec a --json -- sh -c 'echo x; exit 3'");

        (int exit, string output, _) = await run.FinishAsync();

        Assert.Equal(3, exit);
        Assert.StartsWith("100000\n{\"exit_code\":3,\"stdout\":\"x\\n\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_Interrupted_EndsTheProgramToo()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        await using CliRun run = CliRun.Start("unix:" + daemon.SocketPath, null, "vms", "exec", "a", "--", "sh", "-c", "echo $$; exec sleep 1000");
        string pid = (await run.Output.ReadLineAsync(DaemonHarness.Deadline))!;

        await run.SignalAsync("-INT");
        (int exit, _, _) = await run.FinishAsync();

        Assert.Equal(ExitCode.Interrupted, exit);
        await GuestAgent.GoneAsync(pid);
    }

    [Fact]
    public async Task Shell_Terminal_IsTypedShownResizedAndEndsWithItsCode()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        using PseudoTerminal terminal = new();
        terminal.Resize(77, 21);
        byte[] before = terminal.Settings;
        await using CliRun run = Shell(daemon, $"exec \"$0\" vms shell a <{terminal.Path} >{terminal.Path}");
        terminal.Type("PS1=; stty size; echo re''ady\r");
        await terminal.SeeAsync("21 77");
        await terminal.SeeAsync("ready");
        Assert.NotEqual(before, terminal.Settings);

        terminal.Type("while [ \"$(stty size)\" = '21 77' ]; do sleep 0.05; done; stty size\r");
        terminal.Resize(101, 33);
        await run.SignalAsync("-WINCH");
        await terminal.SeeAsync("33 101");
        terminal.Type("sh -c 'trap \"printf %s%s cau ght; exit\" INT; printf %s%s be gin; while :; do sleep 0.05; done'\r");
        await terminal.SeeAsync("begin");
        terminal.Type("\u0003");
        await terminal.SeeAsync("caught");
        terminal.Type("exit 5\r");
        (int exit, _, _) = await run.FinishAsync();

        Assert.Equal(5, exit);
        Assert.Equal(before, terminal.Settings);
    }

    [Fact]
    public async Task Shell_Piped_EndsWithItsInput()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        await using CliRun run = Shell(daemon, "printf 'echo sum $((40+2))\\nexit 4\\n' | \"$0\" vms shell a");

        (int exit, string output, _) = await run.FinishAsync();

        Assert.Equal(4, exit);
        Assert.Contains("sum 42", output);
    }

    [Fact]
    public async Task Copy_FileBothWays_GoesWhereOneWouldThink()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        string here = Directory.CreateDirectory(Path.Combine(daemon.Folder, "here")).FullName;
        string file = Path.Combine(here, "f");
        File.WriteAllText(file, "content");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.Equal(0, (await CliRun.RunAsync(daemon, "vms", "cp", file, "a:")).Exit);
        Assert.Equal(0, (await CliRun.RunAsync(daemon, "vms", "cp", file, "a:renamed")).Exit);
        Assert.Equal(0, (await CliRun.RunAsync(daemon, "vms", "cp", "a:f", Path.Combine(here, "back"))).Exit);
        Assert.Equal(0, (await CliRun.RunAsync(daemon, "vms", "cp", "a:/renamed", here)).Exit);

        Assert.Equal(["f", "renamed"], Names(guest.Work));
        Assert.Equal(["back", "f", "renamed"], Names(here));
        Assert.Equal("content", File.ReadAllText(Path.Combine(here, "back")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(here, "back")));
    }

    [Fact]
    public async Task Copy_FolderBothWays_IsTheSame()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        string here = Directory.CreateDirectory(Path.Combine(daemon.Folder, "here/d/e")).FullName;
        string d = Path.GetDirectoryName(here)!;
        File.WriteAllText(Path.Combine(here, "new\nline"), "x");
        File.CreateSymbolicLink(Path.Combine(d, "link"), "/etc/passwd");

        (int up, _, string errors) = await CliRun.RunAsync(daemon, "vms", "cp", d, "a:there");
        int again = (await CliRun.RunAsync(daemon, "vms", "cp", d, "a:there")).Exit;
        int down = (await CliRun.RunAsync(daemon, "vms", "cp", "a:there", Path.Combine(daemon.Folder, "back"))).Exit;

        Assert.Equal((0, "", 0, 0), (up, errors, again, down));
        Assert.Equal(["d", "e", "link"], Names(Path.Combine(guest.Work, "there")));
        Assert.Equal("x", File.ReadAllText(Path.Combine(daemon.Folder, "back/e/new\nline")));
        Assert.Equal("/etc/passwd", new FileInfo(Path.Combine(daemon.Folder, "back/link")).LinkTarget);
    }

    [Fact]
    public async Task Copy_Archives_PassAsTheyAre()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        await using CliRun run = Shell(daemon, $"cd {daemon.Folder} && mkdir t && echo hello > t/f && tar c t | \"$0\" vms cp - a: && \"$0\" vms cp a:t - | tar xO t/f");

        Assert.Equal((0, "hello\n"), await OutcomeAsync(run));
        Assert.Equal(["t"], Names(guest.Work));
    }

    [Theory]
    [InlineData("a:x", "a:y")]
    [InlineData("./x", "./y")]
    [InlineData("/no/such/file", "a:")]
    [InlineData("a:", "/tmp")]
    [InlineData("/etc", "a:there")]
    public async Task Copy_Nonsense_IsAUsageError(string source, string target)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");
        File.WriteAllText(Path.Combine(guest.Work, "there"), "a file");

        (int exit, string output, string errors) = await CliRun.RunAsync(daemon, "vms", "cp", source, target);

        Assert.Equal((ExitCode.Usage, ""), (exit, output));
        Assert.NotEmpty(errors);
    }

    [Theory]
    [InlineData("a:absent", "/tmp/never")]
    [InlineData("/etc/hostname", "a:absent/x")]
    [InlineData("b:x", "/tmp/never")]
    public async Task Copy_NothingThere_IsNotFound(string source, string target)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await using GuestAgent guest = GuestAgent.Start(daemon);
        await daemon.CreateAsync("a");

        Assert.Equal(ExitCode.NotFound, (await CliRun.RunAsync(daemon, "vms", "cp", source, target)).Exit);
        Assert.False(Path.Exists("/tmp/never"));
    }

    /// <summary>What a guest that lies about its files could send.</summary>
    [Theory]
    [InlineData("d/../../out")]
    [InlineData("/out")]
    [InlineData("..")]
    [InlineData("d/link/out")]
    [InlineData("d/old/out")]
    public async Task Download_NameThatLeadsOut_WritesNothingThere(string name)
    {
        string folder = Directory.CreateTempSubdirectory("vpc").FullName;
        string outside = Directory.CreateDirectory(Path.Combine(folder, "outside")).FullName;
        string target = Directory.CreateDirectory(Path.Combine(folder, "inner", "target")).FullName;
        File.CreateSymbolicLink(Path.Combine(target, "old"), outside);
        using MemoryStream archive = new();
        await using (TarWriter writer = new(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "d/"));
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "d/link") { LinkName = outside });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "d/link/second") { LinkName = "x" });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("x"u8.ToArray()) });
        }

        archive.Position = 0;
        try
        {
            await new TreeDownload(target).UnpackAsync(archive, DaemonHarness.Deadline);
        }
        catch (IOException)
        {
            // Refused, or not to be written: a link's name is a folder by then.
        }

        Assert.Empty(Names(outside));
        Assert.Equal(["inner", "outside"], Names(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("a:b", "a", "b")]
    [InlineData("a:/b:c", "a", "/b:c")]
    [InlineData("./a:b", null, "./a:b")]
    [InlineData("/x/a:b", null, "/x/a:b")]
    [InlineData("x/a:b", null, "x/a:b")]
    [InlineData("plain", null, "plain")]
    [InlineData(":b", null, ":b")]
    public void CopyPlace_Text_IsThatPlace(string text, string? vm, string path) => Assert.Equal(new CopyPlace(vm, path), CopyPlace.Parse(text));

    private static CliRun Shell(DaemonHarness daemon, string script) =>
        CliRun.StartProgram("/bin/sh", "unix:" + daemon.SocketPath, null, "-c", script, CliRun.Program);

    private static async Task<(int Exit, string Output)> OutcomeAsync(CliRun run)
    {
        (int exit, string output, _) = await run.FinishAsync();
        return (exit, output);
    }

    private static IEnumerable<string?> Names(string folder) => Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
