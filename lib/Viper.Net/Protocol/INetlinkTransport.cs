namespace Viper.Net.Protocol;

/// <summary>Datagrams to and from the kernel; the seam at which tests script what the kernel says.</summary>
internal interface INetlinkTransport : IDisposable
{
    /// <summary>Sends one datagram whole.</summary>
    /// <exception cref="NetlinkException">The kernel did not take it.</exception>
    void Send(ReadOnlySpan<byte> datagram);

    /// <summary>Waits for the next datagram from the kernel, whole, valid until the next call.</summary>
    /// <param name="wait">False: answer an empty span at once when nothing is there.</param>
    /// <exception cref="NetlinkException">ENOBUFS: the kernel dropped something because our buffer was full; ETIMEDOUT: nothing came.</exception>
    ReadOnlySpan<byte> Receive(bool wait);

    /// <summary>Asks the kernel for a larger receive buffer.</summary>
    void GrowReceiveBuffer();
}
