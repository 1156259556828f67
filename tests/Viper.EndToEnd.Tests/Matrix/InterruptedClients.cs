using Viper.Stage;

namespace Viper.EndToEnd.Tests.Matrix;

/// <summary>All clients on one VM whose browser crashes under them, which then connect again, and whose VM is then stopped.</summary>
/// <remarks>What became of each client is kept for its own test, so that one which fails takes no other with it.</remarks>
public sealed class InterruptedClients(SharedStage shared) : IAsyncLifetime
{
    private readonly MatrixVm _vm = new(shared);

    /// <summary>What each client was told at the crash.</summary>
    internal Dictionary<string, Task<ClientEnd>> Crashed { get; private set; } = [];

    /// <summary>Each client that came back to the stable address.</summary>
    internal Dictionary<string, Task<ClientProcess>> Again { get; private set; } = [];

    /// <summary>What each client was told at the stop.</summary>
    internal Dictionary<string, Task<ClientEnd>> Stopped { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        await _vm.InitializeAsync();
        Dictionary<string, Task<ClientProcess>> busy = await ForEachAsync(name => BeginAsync(name, null));

        Assert.Equal(4010, await CrashTests.CrashBrowserAsync(new Uri($"ws://{_vm.Forwarded.Authority}/devtools/browser/default")));
        Crashed = await ForEachAsync(name => EndAsync(busy[name]));
        await CrashTests.BrowserAgainAsync(_vm.Stage, MatrixVm.Name);

        Again = await ForEachAsync(name => BeginAsync(name, _vm.BrowserAddress(name)));
        await _vm.Stage.Client.StopVmAsync(MatrixVm.Name, force: false, CancellationToken.None);
        Stopped = await ForEachAsync(name => EndAsync(Again[name]));
    }

    public ValueTask DisposeAsync() => _vm.DisposeAsync();

    /// <summary>Connects and leaves a call under way.</summary>
    private async Task<ClientProcess> BeginAsync(string name, string? address)
    {
        ClientProcess client = await _vm.OpenAsync(name, address);
        Assert.Equal("Form · The Viper demo site", await client.AskAsync("navigate", ("url", new Uri(WorldServer.Address, "form.html").ToString())));
        await client.DoAsync("hang");
        return client;
    }

    private static async Task<ClientEnd> EndAsync(Task<ClientProcess> begun)
    {
        ClientProcess client = await begun;
        string error = await client.AskAsync("ended");
        (int code, string reason) = await client.SocketEnd;
        return new ClientEnd(error, code, reason);
    }

    private static async Task<Dictionary<string, Task<T>>> ForEachAsync<T>(Func<string, Task<T>> work)
    {
        Dictionary<string, Task<T>> all = MatrixClient.Names.ToDictionary(name => name, work);

        // Who failed is said by the test that awaits it.
        await Task.WhenAll(all.Values.Select(static one => one.ContinueWith(static _ => { }, TaskScheduler.Default)));
        return all;
    }
}
