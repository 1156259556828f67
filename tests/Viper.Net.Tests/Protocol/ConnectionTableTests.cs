using Viper.Net.Firewall;
using Viper.Net.Interop;

namespace Viper.Net.Tests.Protocol;

public sealed class ConnectionTableTests
{
    [Theory]
    [InlineData(ErrnoConstants.EINVAL)]
    [InlineData(ErrnoConstants.EOPNOTSUPP)]
    public void TryOpen_KernelWithoutTheInterface_IsNull(int errno) =>
        Assert.Null(ConnectionTable.TryOpen(new ScriptedTransport().Answer(n => [Datagram.Error(n, errno)])));

    [Fact]
    public void TryOpen_WithoutTheRight_Throws() => Assert.Equal(
        ErrnoConstants.EPERM,
        Assert.Throws<NetlinkException>(() => ConnectionTable.TryOpen(new ScriptedTransport().Answer(n => [Datagram.Error(n, ErrnoConstants.EPERM)]))).Errno);
}
