namespace Viper.Hypervisor.Tests.Processes;

/// <summary>A start that goes wrong at each of its steps, of which nothing may remain.</summary>
public sealed class StartFaultTests
{
    private const int CommandsOfAStart = 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Faults
    {
        get
        {
            TheoryData<string> faults = [];
            for (int i = 1; i < CommandsOfAStart; i++)
            {
                faults.Add($"die-{i}");
                faults.Add($"close-{i}");
            }

            return faults;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task StartAsync_VmmFailsAtACommand_ThrowsAndLeavesNothing(string fault)
    {
        using TrivialVmm vmm = await TrivialVmm.MakeAsync();
        IHypervisor hypervisor = await vmm.SelectAsync(fault);
        MachineSpec spec = vmm.Spec();

        await Assert.ThrowsAsync<MachineStartException>(() => hypervisor.StartAsync(spec, Cancellation));

        AssertNothing(vmm, spec, fault);
    }

    [Theory]
    [InlineData("deaf")]
    [InlineData("hang-1")]
    [InlineData("hang-2")]
    [InlineData("hang-3")]
    [InlineData("hang-4")]
    public async Task StartAsync_VmmHangsAndTheCallerGivesUp_LeavesNothing(string fault)
    {
        using TrivialVmm vmm = await TrivialVmm.MakeAsync();
        IHypervisor hypervisor = await vmm.SelectAsync(fault);
        MachineSpec spec = vmm.Spec();
        using CancellationTokenSource cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task<IMachine> starting = hypervisor.StartAsync(spec, cancel.Token);

        // StartAsync has spawned by the time it returns its task; where in the start it is now does not matter.
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        AssertNothing(vmm, spec, fault);
    }

    [Fact]
    public async Task StartAsync_LogCannotBeOpened_SaysSoAndLeavesNothing()
    {
        using TrivialVmm vmm = await TrivialVmm.MakeAsync();
        IHypervisor hypervisor = await vmm.SelectAsync();
        MachineSpec spec = vmm.Spec();
        Directory.CreateDirectory(Path.Combine(spec.LogDirectory, "vmm.log"));

        MachineSpecException error = await Assert.ThrowsAsync<MachineSpecException>(() => hypervisor.StartAsync(spec, Cancellation));

        Assert.Equal(nameof(MachineSpec.LogDirectory), error.Property);
        Assert.False(Directory.Exists(spec.RunDirectory));
        Assert.All(TrivialVmm.Groups(spec), group => Assert.False(Directory.Exists(group)));
    }

    [Fact]
    public async Task StartAsync_ProgramIsNone_LeavesNothing()
    {
        using TrivialVmm vmm = await TrivialVmm.MakeAsync();
        IHypervisor hypervisor = await vmm.SelectAsync("none");
        File.Delete(Path.Combine(vmm.Folder, "none"));
        MachineSpec spec = vmm.Spec();

        await Assert.ThrowsAsync<HypervisorProgramMissingException>(() => hypervisor.StartAsync(spec, Cancellation));

        Assert.False(Directory.Exists(spec.RunDirectory));
        Assert.All(TrivialVmm.Groups(spec), group => Assert.False(Directory.Exists(group)));
    }

    [Fact]
    public async Task StartAsync_StalePipeAndSockets_AreCleanedAway()
    {
        using TrivialVmm vmm = await TrivialVmm.MakeAsync();
        IHypervisor hypervisor = await vmm.SelectAsync();
        MachineSpec spec = vmm.Spec();
        Directory.CreateDirectory(spec.RunDirectory);
        foreach (string name in (string[])["vmm.out", "qmp.sock", "serial.sock"])
        {
            await File.WriteAllTextAsync(Path.Combine(spec.RunDirectory, name), "", Cancellation);
        }

        await using IMachine machine = await hypervisor.StartAsync(spec, Cancellation);
        await machine.KillAsync();

        Assert.Empty(Directory.GetFileSystemEntries(spec.RunDirectory));
    }

    [Fact]
    public async Task StartAsync_AnotherVmmLivesThere_IsRefusedAndTheOtherUnharmed()
    {
        using TrivialVmm vmm = await TrivialVmm.MakeAsync();
        IHypervisor hypervisor = await vmm.SelectAsync();
        MachineSpec spec = vmm.Spec();
        await using IMachine first = await hypervisor.StartAsync(spec, Cancellation);

        await Assert.ThrowsAsync<MachineSpecException>(() => hypervisor.StartAsync(spec, Cancellation));

        Assert.True(first.Identity.IsAlive());
        Assert.Equal(MachineState.Running, await first.QueryStateAsync(Cancellation));
        await first.Serial.WriteAsync("p"u8.ToArray(), Cancellation);
    }

    private static void AssertNothing(TrivialVmm vmm, MachineSpec spec, string program)
    {
        Assert.Equal(new[] { "kernel", "qemu", program }.Order(), Directory.GetFileSystemEntries(vmm.Folder).Select(Path.GetFileName).Order());
        Assert.All(TrivialVmm.Groups(spec), group => Assert.False(Directory.Exists(group), $"{group} remains"));
        Assert.DoesNotContain(
            Directory.GetDirectories("/proc").Select(folder => Path.Combine(folder, "exe")),
            exe => Target(exe)?.StartsWith(vmm.Folder, StringComparison.Ordinal) == true);
    }

    private static string? Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            // It ended while we looked.
            return null;
        }
    }
}
