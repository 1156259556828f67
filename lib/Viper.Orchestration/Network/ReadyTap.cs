using Viper.Net;

namespace Viper.Orchestration.Network;

/// <summary>A tap that is a port of the bridge already, isolated and down, and nobody's yet.</summary>
/// <remarks>It goes with its descriptor, however this process ends, until it is made persistent. The holder disposes of it.</remarks>
internal sealed class ReadyTap : IDisposable
{
    private ReadyTap(TapDevice device, int index)
    {
        Device = device;
        Index = index;
    }

    internal TapDevice Device { get; }

    internal int Index { get; }

    /// <summary>Joins a new tap to the bridge; the tap goes if that fails.</summary>
    /// <exception cref="HostNetworkException">The tap went away meanwhile.</exception>
    /// <exception cref="NetException">The tap could not be made, or the kernel refused a step.</exception>
    internal static ReadyTap Make(RouteSocket route, int bridge, Func<TapDevice> create)
    {
        TapDevice device = create();
        try
        {
            int index = route.GetLink(device.Name)?.Index
                ?? throw new HostNetworkException(NetworkRefusal.NotSetUp, $"The tap {device.Name} went away while it was set up.");
            route.SetLink(index, GuestPorts.AsPortOf(bridge));
            route.SetBridgePort(index, GuestPorts.s_settings);
            return new ReadyTap(device, index);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Closes the descriptor, and with it a tap that is not persistent goes.</summary>
    public void Dispose() => Device.Dispose();
}
