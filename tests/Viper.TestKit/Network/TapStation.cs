using System.Net;

using Viper.Net;

namespace Viper.TestKit.Network;

/// <summary>
/// A guest without a VM: a namespace whose <c>eth0</c> is a tap device of its own, joined frame by frame to a tap on the
/// host's side, which it opens as a VMM would.
/// </summary>
public sealed class TapStation : IDisposable
{
    private const int LargestFrame = 65_536 + 64;
    private const int VnetHeader = 10;

    private readonly TapDevice _outer;
    private readonly TapDevice _inner;
    private readonly Thread[] _wires;
    private volatile bool _closing;

    public TapStation(NetNsFixture host, string tapName, MacAddress mac, IPAddress address, int prefixLength, IPAddress gateway)
    {
        Guest = new NetNsFixture();
        _outer = host.Run(() => TapDevice.Open(tapName));
        _inner = Guest.Run(() => TapDevice.Create("eth0"));
        int link = Guest.Route.GetLink("eth0")!.Index;
        Guest.WaitForNeighbours("eth0");
        Guest.Route.SetMac(link, mac);
        Guest.Route.AddAddress(link, address, prefixLength);
        Guest.Route.SetUp(link);
        Guest.Route.AddDefaultRoute(gateway);
        LinkIndex = link;
        _wires = [Wire(_outer, _inner), Wire(_inner, _outer)];
    }

    /// <summary>The guest's own namespace.</summary>
    public NetNsFixture Guest { get; }

    /// <summary>Index of <c>eth0</c> in the guest.</summary>
    public int LinkIndex { get; }

    /// <summary>Puts a frame on the wire as the guest would, whatever stands in it.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        // Before each frame the device wants a virtio network header; zeroes ask for nothing.
        byte[] whole = new byte[VnetHeader + frame.Length];
        frame.CopyTo(whole.AsSpan(VnetHeader));
        FrameIo.Write(_outer.Handle, whole);
    }

    public void Dispose()
    {
        _closing = true;
        foreach (Thread wire in _wires)
        {
            wire.Join(TimeSpan.FromSeconds(60));
        }

        _outer.Dispose();
        _inner.Dispose();
        Guest.Dispose();
    }

    private Thread Wire(TapDevice from, TapDevice to)
    {
        Thread thread = new(() => Pump(from, to)) { IsBackground = true, Name = $"wire from {from.Name}" };
        thread.Start();
        return thread;
    }

    private void Pump(TapDevice from, TapDevice to)
    {
        byte[] buffer = new byte[LargestFrame];
        while (!_closing)
        {
            if (FrameIo.WaitReadable(from.Handle, TimeSpan.FromMilliseconds(100))
                && FrameIo.Read(from.Handle, buffer) is var length and > 0)
            {
                FrameIo.Write(to.Handle, buffer.AsSpan(0, length));
            }
        }
    }
}
