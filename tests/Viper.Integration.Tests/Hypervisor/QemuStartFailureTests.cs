using Viper.Hypervisor;
using Viper.TestKit.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>Starts that fail: a typed error, and nothing is left.</summary>
public sealed class QemuStartFailureTests : IDisposable
{
    private readonly ShortFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task StartAsync_MissingKernel_SaysWhich()
    {
        MachineSpec spec = await SpecAsync() with { KernelPath = "/nonexistent/vmlinuz" };

        MachineSpecException error = await Assert.ThrowsAsync<MachineSpecException>(() => StartAsync(spec));

        Assert.Equal(nameof(MachineSpec.KernelPath), error.Property);
        Assert.Contains("/nonexistent/vmlinuz", error.Message);
        AssertNothingLeft();
    }

    [Fact]
    public async Task StartAsync_KernelThatIsNone_FailsWithTheLogOfQemu()
    {
        string kernel = _folder["kernel"];
        await File.WriteAllTextAsync(kernel, "this is no kernel", Cancellation);
        MachineSpec spec = await SpecAsync() with { KernelPath = kernel, VmlinuxPath = null };

        MachineStartException error = await Assert.ThrowsAsync<MachineStartException>(() => StartAsync(spec));

        Assert.Contains("kernel", error.LogTail);
        Assert.Equal(1, error.ExitCode);
        File.Delete(kernel);
        AssertNothingLeft();
    }

    [Fact]
    public async Task StartAsync_MissingTap_SaysWhich()
    {
        MachineSpec spec = await SpecAsync() with { Nics = [new NicSpec("vtap-missing", "02:00:5e:10:00:01")] };

        MachineSpecException error = await Assert.ThrowsAsync<MachineSpecException>(() => StartAsync(spec));

        Assert.Equal(nameof(MachineSpec.Nics), error.Property);
        Assert.Contains("vtap-missing", error.Message);
        AssertNothingLeft();
    }

    [Fact]
    public async Task StartAsync_InterfaceThatIsNoTap_FailsWithTheLogOfQemu()
    {
        MachineSpec spec = await SpecAsync() with { Nics = [new NicSpec("lo", "02:00:5e:10:00:01")] };

        MachineStartException error = await Assert.ThrowsAsync<MachineStartException>(() => StartAsync(spec));

        Assert.Contains("lo", error.LogTail);
        AssertNothingLeft();
    }

    [Fact]
    public async Task StartAsync_SocketPathTooLong_SaysHowLong()
    {
        MachineSpec spec = await SpecAsync() with { RunDirectory = _folder[new string('r', 100)] };

        MachineSpecException error = await Assert.ThrowsAsync<MachineSpecException>(() => StartAsync(spec));

        Assert.Equal(nameof(MachineSpec.RunDirectory), error.Property);
        Assert.Contains("107", error.Message);
        AssertNothingLeft();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    public async Task StartAsync_VcpuCountOutOfRange_SaysRange(int count)
    {
        MachineSpec spec = await SpecAsync() with { VcpuCount = count };

        Assert.Contains("between 1 and 64", (await Assert.ThrowsAsync<MachineSpecException>(() => StartAsync(spec))).Message);
        AssertNothingLeft();
    }

    [Fact]
    public async Task StartAsync_FolderOfALivingMachine_IsRefusedAndHarmsNothing()
    {
        MachineSpec spec = await SpecAsync();
        await using IMachine living = await StartAsync(spec);

        await Assert.ThrowsAsync<MachineSpecException>(() => StartAsync(spec with { Name = "second" }));

        Assert.True(living.Identity.IsAlive());
        await living.PauseAsync(Cancellation);
        Assert.True(File.Exists(Path.Combine(spec.RunDirectory, "qmp.sock")));
    }

    [Fact]
    public async Task StartAsync_StaleSocketsOfADeadMachine_Starts()
    {
        MachineSpec spec = await SpecAsync();
        Directory.CreateDirectory(spec.RunDirectory);
        foreach (string name in (string[])["qmp.sock", "serial.sock"])
        {
            await ToolRun.RunAsync("perl", ["-MIO::Socket::UNIX", "-e", "IO::Socket::UNIX->new(Local=>$ARGV[0],Listen=>1)", Path.Combine(spec.RunDirectory, name)]);
            Assert.True(File.Exists(Path.Combine(spec.RunDirectory, name)));
        }

        await using IMachine machine = await StartAsync(spec);

        Assert.True(machine.Identity.IsAlive());
    }

    [Fact]
    public async Task StartAsync_CancelledBefore_StartsNothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await StartAsync(await SpecAsync(), new CancellationToken(true)));
        AssertNothingLeft();
    }

    [Fact]
    public async Task StartAsync_CancelledAtAnyTime_LeavesNothing()
    {
        IHypervisor qemu = await SelectAsync();
        MachineSpec spec = await SpecAsync();
        for (int milliseconds = 0; milliseconds <= 60; milliseconds += 4)
        {
            using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(milliseconds));
            try
            {
                await using (await qemu.StartAsync(spec, cancel.Token))
                {
                    // It was quicker than its cancellation. A machine's logs outlive it, so the next one must find none.
                }

                Directory.Delete(spec.LogDirectory, recursive: true);
            }
            catch (OperationCanceledException)
            {
                AssertNothingLeft();
            }
        }
    }

    [Fact]
    public async Task SelectAsync_MissingQemu_SaysWhatBringsIt()
    {
        HypervisorOptions options = new() { Choice = HypervisorChoice.Qemu, QemuPath = "/nonexistent/qemu" };

        HypervisorProgramMissingException error =
            await Assert.ThrowsAsync<HypervisorProgramMissingException>(() => HypervisorSelection.SelectAsync(options, Cancellation));

        Assert.Equal(HypervisorKind.Qemu, error.Kind);
        Assert.Contains("qemu-system-x86", error.Message);
        Assert.Contains("VIPER_QEMU", error.Message);
    }

    [Fact]
    public async Task StartAsync_ProgramThatEndsAtOnce_FailsWithItsExitCodeAndWords()
    {
        string program = _folder["qemu"];
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho 'no such luck' >&2\nexit 3\n", Cancellation);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        IHypervisor broken = await HypervisorSelection.SelectAsync(
            new HypervisorOptions { Choice = HypervisorChoice.Qemu, QemuPath = program }, Cancellation);
        MachineSpec spec = await SpecAsync();

        MachineStartException error = await Assert.ThrowsAsync<MachineStartException>(() => broken.StartAsync(spec, Cancellation));

        Assert.Equal(3, error.ExitCode);
        Assert.Equal("no such luck", error.LogTail);
        File.Delete(program);
        AssertNothingLeft();

        await Assert.ThrowsAsync<HypervisorProgramMissingException>(() => broken.StartAsync(spec, Cancellation));
        AssertNothingLeft();
    }

    private async Task<MachineSpec> SpecAsync() =>
        MachineSpecs.Small(await TestGuest.GetAsync(), _folder, Path.GetFileName(_folder.Path));

    private static async Task<IHypervisor> SelectAsync() => await HypervisorSelection.SelectAsync(
        new HypervisorOptions { Choice = HypervisorChoice.Qemu }, Cancellation);

    private static async Task<IMachine> StartAsync(MachineSpec spec, CancellationToken? cancellation = null) =>
        await (await SelectAsync()).StartAsync(spec, cancellation ?? Cancellation);

    // The machine's name is that of the folder, so its process is known by its command line.
    private void AssertNothingLeft()
    {
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        string name = $"guest={Path.GetFileName(_folder.Path)},";
        foreach (string process in Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            try
            {
                Assert.DoesNotContain(name, File.ReadAllText(Path.Combine(process, "cmdline")));
            }
            catch (IOException)
            {
                // It ended meanwhile.
            }
        }
    }
}
