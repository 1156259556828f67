using Viper.Contracts;
using Viper.Stage;

namespace Viper.EndToEnd.Tests.Matrix;

/// <summary>A VM with its DevTools at the daemon's port and at a forwarded one, and the clients that use it.</summary>
public sealed class MatrixVm(SharedStage shared) : IAsyncLifetime
{
    internal const string Name = "matrix";

    private readonly List<ClientProcess> _started = [];
    private readonly Dictionary<string, ClientProcess> _open = [];
    private ChildProgram? _forward;

    public ViperStage Stage => shared.Stage;

    public Vm Vm { get; private set; } = null!;

    /// <summary>The forwarded port.</summary>
    public Uri Forwarded { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // Room for the pages of all clients at once.
        await StageAssert.CreateAsync(Stage, Name, "--memory", "2048");
        Vm = await Stage.Client.GetVmAsync(Name, CancellationToken.None);
        _forward = Stage.StartViper("vms", "forward", Name);
        Forwarded = new Uri((await _forward.Output.ReadLineAsync())!);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ClientProcess client in _started)
        {
            await client.DisposeAsync();
        }

        if (_forward is not null)
        {
            await _forward.DisposeAsync();
        }

        await Stage.Client.DeleteVmAsync(Name, CancellationToken.None);
    }

    /// <summary>The stable address of its browser, whichever run of it.</summary>
    internal string BrowserAddress(string client) =>
        MatrixClient.Named(client).IsForwarded ? $"ws://{Forwarded.Authority}/devtools/browser/default" : Vm.Urls!.CdpWs!;

    /// <summary>Starts a client and connects it to what its users give it, or to another address.</summary>
    internal async Task<ClientProcess> ConnectAsync(string name, string? address = null)
    {
        MatrixClient client = MatrixClient.Named(name);
        ClientProcess process = ClientProcess.Start(name, client.Program, client.IsForwarded ? null : Stage.Network!.Viper.Name);
        lock (_started)
        {
            _started.Add(process);
        }

        address ??= client.IsForwarded ? Forwarded.ToString() : client.Address(Vm.Urls!)!;
        Assert.Equal(Vm.Browser!.Product, "HeadlessChrome/" + await process.AskAsync("connect", ("address", address)));
        return process;
    }

    /// <summary>Starts a client, connects it and opens a page.</summary>
    internal async Task<ClientProcess> OpenAsync(string name, string? address = null)
    {
        ClientProcess client = await ConnectAsync(name, address);
        await client.DoAsync("open");
        return client;
    }

    /// <summary>A client with a page: the one that a test before has opened, or a new one.</summary>
    internal async Task<ClientProcess> WithPageAsync(string name)
    {
        if (!_open.TryGetValue(name, out ClientProcess? client) || client.HasExited)
        {
            _open[name] = client = await OpenAsync(name);
        }

        return client;
    }
}
