using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

/// <summary>Every fault at every request of a machine's life, on the stand-in as a program: after each, nothing remains.</summary>
public sealed class FaultTests : IDisposable
{
    // A VMM that never answers is given up after this.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(200);

    private readonly ShortFolder _folder = new();
    private readonly ShortFolder _files = new();

    public FaultTests() => File.WriteAllText(_files["kernel"], "kernel");

    public static IEnumerable<TheoryDataRow<string, StandInFaultKind>> Starting => Rows("vmm.ping", "vm.create", "vm.boot");

    public static IEnumerable<TheoryDataRow<string, StandInFaultKind>> Running =>
        Rows("vm.pause", "vm.resume", "vm.info", "vm.power-button", "vmm.shutdown");

    public void Dispose()
    {
        _folder.Dispose();
        _files.Dispose();
    }

    [Theory]
    [MemberData(nameof(Starting))]
    public async Task StartAsync_FaultAtARequest_IsTypedAndLeavesNothing(string operation, StandInFaultKind fault)
    {
        IHypervisor hypervisor = await SelectAsync(operation, fault);

        bool isStarted = await TryAsync(async token =>
        {
            await using IMachine machine = await hypervisor.StartAsync(Spec(), token);
        });

        Assert.True(!isStarted || MayGoOn(fault), "The machine started.");
        AssertNothingRemains();
    }

    [Theory]
    [MemberData(nameof(Running))]
    public async Task Machine_FaultAtARequest_IsTypedAndLeavesNothing(string operation, StandInFaultKind fault)
    {
        IHypervisor hypervisor = await SelectAsync(operation, fault);
        await using (IMachine machine = await hypervisor.StartAsync(Spec(), TestContext.Current.CancellationToken))
        {
            await TryAsync(machine.PauseAsync);
            await TryAsync(machine.ResumeAsync);
            await TryAsync(machine.PauseAsync);
            await TryAsync(async _ => await machine.StopAsync(s_grace, TestContext.Current.CancellationToken));
            await machine.Exited.WaitAsync(TestContext.Current.CancellationToken);
        }

        AssertNothingRemains();
    }

    private static IEnumerable<TheoryDataRow<string, StandInFaultKind>> Rows(params string[] operations) =>
        from operation in operations
        from kind in Enum.GetValues<StandInFaultKind>()
        where kind is not (StandInFaultKind.None or StandInFaultKind.Ignore)
        select new TheoryDataRow<string, StandInFaultKind>(operation, kind);

    // A late answer is still one, and of the answer to some requests only the status matters.
    private static bool MayGoOn(StandInFaultKind fault) => fault is StandInFaultKind.Slow or StandInFaultKind.NotJson;

    // Fails on any error that is not the library's own.
    private static async Task<bool> TryAsync(Func<CancellationToken, Task> act)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(s_patience);
        try
        {
            await act(patience.Token);
            return true;
        }
        catch (Exception e) when (e is HypervisorException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<IHypervisor> SelectAsync(string operation, StandInFaultKind fault)
    {
        string program = _files["cloud-hypervisor"];
        StandInProgram.Write(program, operation, fault);
        return await HypervisorSelection.SelectAsync(
            new HypervisorOptions { Choice = HypervisorChoice.CloudHypervisor, CloudHypervisorPath = program },
            TestContext.Current.CancellationToken);
    }

    private MachineSpec Spec() => new()
    {
        Name = "fault",
        KernelPath = _files["kernel"],
        InitramfsPath = _files["kernel"],
        RunDirectory = _folder["run"],
        LogDirectory = _folder["log"],
    };

    // The logs of a machine that ran are kept; its sockets, its directory and its process are not.
    private void AssertNothingRemains()
    {
        Assert.False(Directory.Exists(_folder["run"]));
        Assert.DoesNotContain(Directory.GetDirectories("/proc"), IsOurs);
    }

    private bool IsOurs(string process)
    {
        try
        {
            return File.ReadAllText($"{process}/cmdline").Contains(_folder.Path, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
