using System.Runtime.InteropServices;
using Viper.Hypervisor;
using Viper.Hypervisor.Interop;
using Viper.Hypervisor.Qemu;
using Viper.TestKit.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>A guest on a tap, inside a network namespace that the test's own thread makes.</summary>
public sealed partial class QemuNetworkTests : IDisposable
{
    private const int CloneNewNetwork = 0x40000000;

    private readonly ShortFolder _folder = new();

    private readonly CancellationTokenSource _deadline =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    private int _asked;

    public QemuNetworkTests() => _deadline.CancelAfter(TimeSpan.FromMinutes(3));

    private CancellationToken Cancellation => _deadline.Token;

    public void Dispose()
    {
        _deadline.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(QemuMachineType.Microvm)]
    [InlineData(QemuMachineType.Q35)]
    public async Task StartAsync_TapOfTheCallersNamespace_GuestSeesItsCard(QemuMachineType type)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can make a network namespace.");
        IHypervisor qemu = await HypervisorSelection.SelectAsync(
            new HypervisorOptions { Choice = HypervisorChoice.Qemu, QemuMachine = type }, Cancellation);
        MachineSpec spec = MachineSpecs.Small(await TestGuest.GetAsync(), _folder) with
        {
            Nics = [new NicSpec("vtap0", "02:00:5e:10:00:01")],
        };

        await using IMachine machine = await StartInNewNamespace(qemu, spec);
        await machine.Serial.SeeAsync("guest: ready", Cancellation);
        await machine.Serial.TypeAsync("n", Cancellation);
        await machine.Serial.SeeAsync("guest: card 02:00:5e:10:00:01", Cancellation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AddNicAsync_TapOfAnotherNamespace_GuestSeesItsCardUntilItIsRemoved(bool byDescriptor)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can make a network namespace.");
        IHypervisor qemu = await HypervisorSelection.SelectAsync(
            new HypervisorOptions { Choice = HypervisorChoice.Qemu, QemuMachine = QemuMachineType.Q35 }, Cancellation);
        MachineSpec spec = MachineSpecs.Small(await TestGuest.GetAsync(), _folder) with { HotplugSlots = 1 };
        await using IMachine machine = await qemu.StartAsync(spec, Cancellation);
        await machine.Serial.SeeAsync("guest: ready", Cancellation);

        string id = await InNewNamespace(() => AddAsync(machine, byDescriptor));
        await SeeCardAsync(machine, "02:00:5e:10:00:07");
        await machine.RemoveDeviceAsync(id, TimeSpan.FromMinutes(1), Cancellation);
        await SeeCardAsync(machine, "none");
    }

    private Task<string> AddAsync(IMachine machine, bool byDescriptor)
    {
        const string Mac = "02:00:5e:10:00:07";
        if (!byDescriptor)
        {
            return machine.AddNicAsync(new NicSpec("vtap0", Mac), Cancellation);
        }

        // The machine takes a copy, so this one may go at once.
        using SafeFd tap = TapOpener.Open("vtap0");
        return machine.AddNicAsync(NicSpec.FromDescriptor(tap, Mac), Cancellation);
    }

    private async Task SeeCardAsync(IMachine machine, string address)
    {
        while (true)
        {
            _asked++;
            await machine.Serial.TypeAsync("n", Cancellation);
            int seen = 0;
            await foreach (SerialLine line in machine.Serial.Lines(Cancellation))
            {
                if (line.Text.Contains("guest: card ", StringComparison.Ordinal) && ++seen == _asked)
                {
                    if (line.Text.Contains(address, StringComparison.Ordinal))
                    {
                        return;
                    }

                    break;
                }
            }
        }
    }

    // The thread is the test's own and ends in its namespace, which therefore reaches no other work.
    private Task<IMachine> StartInNewNamespace(IHypervisor qemu, MachineSpec spec) =>
        InNewNamespace(() => qemu.StartAsync(spec, Cancellation));

    private static Task<T> InNewNamespace<T>(Func<Task<T>> act)
    {
        TaskCompletionSource<Task<T>> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                Assert.Equal(0, unshare(CloneNewNetwork));
                ToolRun.RunAsync("nsenter", [$"--net=/proc/{Environment.ProcessId}/task/{gettid()}/ns/net",
                    "ip", "tuntap", "add", "dev", "vtap0", "mode", "tap"])
                    .GetAwaiter().GetResult();
                started.SetResult(act());
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        thread.Start();
        return started.Task.Unwrap();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc")]
    private static partial int gettid();
}
