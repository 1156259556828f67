using Viper.Hypervisor.Machines;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests;

/// <summary>What an attempt to start a machine tells when it fails.</summary>
public sealed class MachineStartTests : IDisposable
{
    private readonly ShortFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A connection that breaks since its attempt is cancelled is no failure of the VMM.</summary>
    [Fact]
    public async Task Run_ThatBreaksWhileItIsCancelled_IsCancelled()
    {
        using CancellationTokenSource cancel = new();

        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(
            start =>
            {
                Spawn(start, "sleep 600");
                cancel.Cancel();
                return new VmmConnectionException("greeting", "the connection broke");
            },
            cancel.Token));

        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.IsType<VmmConnectionException>(error.InnerException);
    }

    [Theory]
    [InlineData("exit 7", 7, null, "ended with code 7. The program wrote nothing")]
    [InlineData("echo no; kill -9 $$", null, 9, "was ended by signal 9. The program wrote: no")]
    public async Task Run_OfAProgramThatEnds_SaysHow(string script, int? code, int? signal, string text)
    {
        MachineStartException error = await Assert.ThrowsAsync<MachineStartException>(() => RunAsync(
            start =>
            {
                Spawn(start, script);
                return new VmmConnectionException("greeting", "the connection broke");
            },
            TestContext.Current.CancellationToken));

        Assert.Equal((code, signal), (error.ExitCode, error.Signal));
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    private static void Spawn(MachineStart start, string script) => start.Spawn(["-c", script], []);

    private Task<IMachine> RunAsync(Func<MachineStart, Exception> launch, CancellationToken cancellationToken) => MachineStart.RunAsync(
        new MachineSpec { Name = "a", KernelPath = "/", InitramfsPath = "/", RunDirectory = _folder["run"], LogDirectory = _folder["log"] },
        new HypervisorInfo("/bin/sh", "1", Accelerator.Tcg, "none"),
        TimeSpan.FromMinutes(2),
        (start, _) => Task.FromException<SupervisedMachine>(launch(start)),
        static (program, _) => throw new InvalidOperationException(program),
        cancellationToken);
}
