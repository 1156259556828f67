using System.Diagnostics;

namespace Viper.Hypervisor.Tests.Processes;

public sealed class ProcessIdentityTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Of_ThisProcess_IsAlive()
    {
        ProcessIdentity identity = ProcessIdentity.Of(Environment.ProcessId)!.Value;

        Assert.Equal(Environment.ProcessId, identity.Pid);
        Assert.True(identity.StartTicks > 0);
        Assert.True(identity.IsAlive());
    }

    [Fact]
    public void Of_NoProcess_IsNull() => Assert.Null(ProcessIdentity.Of(int.MaxValue));

    [Fact]
    public async Task KillIfSame_SameProcess_EndsIt()
    {
        using Process process = Process.Start("/bin/sleep", ["1000"]);
        ProcessIdentity identity = ProcessIdentity.Of(process.Id)!.Value;

        Assert.True(identity.KillIfSame());
        await identity.WaitForExitAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.False(identity.IsAlive());
        Assert.False(identity.KillIfSame());
    }

    [Fact]
    public async Task KillIfSame_OtherStartTimeOrBoot_TouchesNothing()
    {
        using Process process = Process.Start("/bin/sleep", ["1000"]);
        try
        {
            ProcessIdentity identity = ProcessIdentity.Of(process.Id)!.Value;
            ProcessIdentity earlier = identity with { StartTicks = identity.StartTicks - 1 };
            ProcessIdentity otherBoot = identity with { BootId = "00000000-0000-0000-0000-000000000000" };

            Assert.False(earlier.KillIfSame());
            Assert.False(otherBoot.KillIfSame());
            Assert.False(earlier.IsAlive());
            await earlier.WaitForExitAsync(Cancellation);
            Assert.True(identity.IsAlive());
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task WaitForExitAsync_Cancelled_Ends()
    {
        ProcessIdentity identity = ProcessIdentity.Of(Environment.ProcessId)!.Value;
        using CancellationTokenSource cancel = new();
        Task waiting = identity.WaitForExitAsync(cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
