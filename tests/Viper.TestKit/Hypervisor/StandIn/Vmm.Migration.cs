using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

internal sealed partial class Vmm
{
    private const string ReceiveFailed = "Failed to receive migratable component snapshot";

    private readonly TaskCompletionSource _receiving = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when a migration is awaited for the first time; cancelled if none is before the end.</summary>
    public Task Receiving => _receiving.Task;

    // Answers at once; how it went is only in the events.
    private void SendMigration(JsonObject body)
    {
        const string Failed = "Failed to send migratable component snapshot";
        EndPoint place = MigrationUrl.TryParse(body.Text("destination_url")!) ?? throw new ApiException(
            Failed,
            "Invalid send migration configuration",
            "Error validating send migration parameters: destination_url must use tcp:<host>:<port> or unix:<path>.");
        if (_machine is not { IsBooted: true } machine)
        {
            throw new ApiException(Failed, "VM is not running");
        }

        _events.Write("vm", "migration-started");
        _ = SendAsync(place, machine.ToMigration());
    }

    private async Task SendAsync(EndPoint place, JsonObject machine)
    {
        try
        {
            using Socket socket = MigrationUrl.NewSocket(place);
            await socket.ConnectAsync(place, _ending.Token);
            await using NetworkStream stream = new(socket);
            await MigrationLine.SendAsync(stream, machine, _ending.Token);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            _events.Write("vm", "migration-failed");
            return;
        }

        _events.Write("vm", "migration-finished");
        _end(0);
    }

    // While it waits, no other request is answered.
    private async Task ReceiveMigrationAsync(string url)
    {
        EndPoint place = MigrationUrl.TryParse(url) ?? throw new ApiException(
            ReceiveFailed,
            "Invalid receive migration configuration",
            "Error validating receive migration parameters: receiver_url must use tcp:<host>:<port> or unix:<path>.");
        if (_machine is not null)
        {
            throw new ApiException("VM is already created");
        }

        using Socket listener = Listen(place);
        IsReceiving = true;
        _receiving.TrySetResult();
        try
        {
            using Socket socket = await listener.AcceptAsync(_ending.Token);
            await using NetworkStream stream = new(socket);
            VirtualMachine machine = VirtualMachine.FromMigration(await MigrationLine.ReceiveAsync(stream, _ending.Token), _host);
            OpenPort(machine.Config);
            _machine = machine;
            if (machine.State == "Running")
            {
                _guest!.Resume();
            }

            await MigrationLine.AcceptAsync(stream, _ending.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or SerdeException or InvalidOperationException or NullReferenceException)
        {
            throw new ApiException(ReceiveFailed, e.Message);
        }
        finally
        {
            IsReceiving = false;
        }
    }

    private static Socket Listen(EndPoint place)
    {
        Socket listener = MigrationUrl.NewSocket(place);
        try
        {
            listener.Bind(place);
            listener.Listen(1);
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new ApiException(
                ReceiveFailed,
                place is IPEndPoint ? "Error binding to TCP socket" : "Error binding to UNIX socket",
                e.SocketErrorCode == SocketError.AddressAlreadyInUse ? "Address already in use (os error 98)" : e.Message);
        }
    }
}
