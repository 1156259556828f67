using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

internal sealed partial class Vmm
{
    // The console's paths are looked at before anything else.
    private void Create(JsonObject config)
    {
        SerialPort.RequirePaths(config);
        if (_machine is not null)
        {
            throw new ApiException("VM is already created");
        }

        OpenPort(config);
        _machine = new VirtualMachine(config, _host);
    }

    private void OpenPort(JsonObject config)
    {
        TinyGuest guest = new(ActAsync);
        _port?.Dispose();
        _port = guest.Port = SerialPort.Open(config, guest.TypeAsync);
        _guest = guest;
    }

    private async Task BootAsync()
    {
        VirtualMachine machine = _machine ?? throw new ApiException("VM config is missing");
        if (machine.IsBooted)
        {
            throw new ApiException("VM is already created");
        }

        _events.Write("vm", "booting");
        await machine.BootAsync();
        _events.Write("vm", "booted");
        _guest?.Boot();
    }

    private void Pause()
    {
        VirtualMachine machine = Booted;
        _events.Write("vm", "pausing");
        machine.Pause();
        _guest?.Stop();
        _events.Write("vm", "paused");
    }

    private void Resume()
    {
        VirtualMachine machine = Booted;
        _events.Write("vm", "resuming");
        machine.Resume();
        _events.Write("vm", "resumed");
        _guest?.Resume();
    }

    private void Shutdown()
    {
        Booted.Shutdown();
        _guest?.Stop();
        _events.Write("vm", "shutdown");
    }

    private async Task RebootAsync()
    {
        VirtualMachine machine = _machine is { IsBooted: true } booted ? booted : throw ApiException.NotCreated;
        _events.Write("vm", "rebooting");
        await machine.RebootAsync();
        _events.Write("vm", "rebooted");
        _guest?.Boot();
    }

    private void Delete()
    {
        if (_machine is null)
        {
            return;
        }

        if (_machine.IsBooted)
        {
            Shutdown();
        }

        _port?.Dispose();
        (_machine, _port, _guest) = (null, null, null);
        _events.Write("vm", "deleted");
    }

    private void PressPowerButton()
    {
        _ = Booted;
        bool isIgnored = _options.Faults.Any(fault => fault is { Operation: "vm.power-button", Kind: StandInFaultKind.Ignore });
        if (_guest is { } guest && !isIgnored)
        {
            _ = guest.PressAsync();
        }
    }

    private void Resize(JsonObject body)
    {
        VirtualMachine machine = Created;
        Resizing(() => machine.Resize(Given("desired_vcpus"), Given("desired_ram"), Given("desired_balloon")));
        long? Given(string name) => body.ContainsKey(name) ? body.Number(name) : null;
    }

    // A resize that fails is announced and never confirmed.
    private void Resizing(Action act)
    {
        _ = Created;
        _events.Write("vm", "resizing");
        act();
        _events.Write("vm", "resized");
    }

    private void Snapshot(JsonObject body)
    {
        VirtualMachine machine = Booted;
        _events.Write("vm", "snapshotting");
        machine.Snapshot(body.Text("destination_url")!);
        _events.Write("vm", "snapshotted");
    }

    private void RestoreCore(string url, bool isResumed)
    {
        if (_machine is not null)
        {
            throw new ApiException("VM is already created");
        }

        _events.Write("vm", "restoring");
        VirtualMachine machine = VirtualMachine.From(url, _host);
        SerialPort.RequirePaths(machine.Config);
        OpenPort(machine.Config);
        _machine = machine;
        _events.Write("vm", "restored");
        if (isResumed)
        {
            Resume();
        }
    }

    private void Coredump(JsonObject body)
    {
        const string Scheme = "file://";
        VirtualMachine machine = Booted;
        string url = body.Text("destination_url")!;
        if (!url.StartsWith(Scheme, StringComparison.Ordinal))
        {
            throw new ApiException("Cannot coredump VM", $"Could not extract path from URL: {url}");
        }

        if (machine.State != "Paused")
        {
            throw new ApiException("Cannot coredump VM", "Trying to coredump while VM is running");
        }

        try
        {
            using FileStream file = new(url[Scheme.Length..], FileMode.CreateNew);
            file.Write("\u007fELF"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ApiException("Cannot coredump VM", e.Message);
        }
    }

    // The guest acts by itself, while no request is being answered.
    private async Task ActAsync(GuestAct act)
    {
        try
        {
            await _turn.WaitAsync(_ending.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        int? exitCode = null;
        try
        {
            if (_machine is { State: "Running" })
            {
                exitCode = await ActCoreAsync(act);
            }
        }
        finally
        {
            _turn.Release();
        }

        if (exitCode is { } code)
        {
            _end(code);
        }
    }

    private async Task<int?> ActCoreAsync(GuestAct act)
    {
        switch (act)
        {
            case GuestAct.Reset:
                await RebootAsync();
                return null;
            case GuestAct.Panic:
                if (_machine!.Config.Flag("pvpanic"))
                {
                    _events.Write("guest", "panic");
                }

                return null;
            default:
                if (_options.NoShutdown)
                {
                    Shutdown();
                    return null;
                }

                _events.Write("vmm", "shutdown");
                return 0;
        }
    }
}
