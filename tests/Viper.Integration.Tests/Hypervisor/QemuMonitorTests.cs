using System.Net.Sockets;
using System.Text.Json;
using Viper.Hypervisor;
using Viper.Hypervisor.Qemu;
using Viper.Integration.Tests.Hypervisor.Guest;
using Viper.TestKit.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>The monitor's client against a real QEMU.</summary>
public sealed class QemuMonitorTests : IDisposable
{
    private readonly ShortFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ExecuteOutOfBandAsync_RealQemu_OffersAndAnswersIt()
    {
        ProcessIdentity identity = await FirstDaemon.StartAndDieAsync(Options, _folder.Path, "m", Cancellation);
        try
        {
            await using QmpClient client = await ConnectAsync();
            Assert.True(client.OffersOutOfBand);

            VmmApiException error = await Assert.ThrowsAsync<VmmApiException>(
                () => client.ExecuteOutOfBandAsync("migrate-pause", null, Cancellation));

            Assert.Equal("migrate-pause", error.Operation);
        }
        finally
        {
            await EndAsync(identity);
        }
    }

    [Fact]
    public async Task ExecuteAsync_HundredCommandsAtOnce_EachGetsItsOwnAnswer()
    {
        ProcessIdentity identity = await FirstDaemon.StartAndDieAsync(Options, _folder.Path, "m", Cancellation);
        try
        {
            await using QmpClient client = await ConnectAsync();
            Task<JsonElement>[] commands =
            [
                .. Enumerable.Range(0, 100).Select(i => i % 2 == 0
                    ? client.ExecuteAsync("query-name", Cancellation)
                    : client.ExecuteAsync("query-status", Cancellation)),
            ];

            JsonElement[] answers = await Task.WhenAll(commands);

            for (int i = 0; i < answers.Length; i++)
            {
                Assert.True(answers[i].TryGetProperty(i % 2 == 0 ? "name" : "status", out _));
            }
        }
        finally
        {
            await EndAsync(identity);
        }
    }

    private static HypervisorOptions Options => new() { Choice = HypervisorChoice.Qemu };

    // Adopting what has ended removes what it left: the folder and the control group.
    private async Task EndAsync(ProcessIdentity identity)
    {
        identity.KillIfSame();
        await identity.WaitForExitAsync(Cancellation);
        IHypervisor qemu = await HypervisorSelection.SelectAsync(Options, Cancellation);
        Assert.Null(await qemu.AdoptAsync(TinySpec.Make(_folder.Path, "m", "adopted"), identity, Cancellation));
        Assert.False(Directory.Exists(_folder["adopted"]));
    }

    private async Task<QmpClient> ConnectAsync()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder["adopted/qmp.sock"]), Cancellation);
        QmpClient client = new(new NetworkStream(socket, ownsSocket: true), static _ => { });
        await client.NegotiateAsync(Cancellation);
        return client;
    }
}
