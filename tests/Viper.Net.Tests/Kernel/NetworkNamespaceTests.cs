using System.Net;
using System.Net.Sockets;

using Viper.Net.Interop;
using Viper.TestKit.Network;

namespace Viper.Net.Tests.Kernel;

public sealed class NetworkNamespaceTests
{
    [Fact]
    public void Create_Named_IsListedOpenedAndDeleted()
    {
        string name = $"vt-test-{Guid.NewGuid():N}";
        try
        {
            using (NetworkNamespace made = NetworkNamespace.Create(name))
            {
                made.Run(() =>
                {
                    using RouteSocket route = new();
                    route.AddBridge("mark0");
                });
            }

            Assert.Contains(name, NetworkNamespace.List());
            using NetworkNamespace again = NetworkNamespace.Open(name);
            Assert.True(again.Run(() =>
            {
                using RouteSocket route = new();
                return route.GetLink("mark0") is not null;
            }));
            Assert.Equal(ErrnoConstants.EEXIST, Assert.Throws<NetworkNamespaceException>(() => NetworkNamespace.Create(name)).Errno);
        }
        finally
        {
            Assert.True(NetworkNamespace.Delete(name));
        }

        Assert.False(NetworkNamespace.Delete(name));
        Assert.False(NetworkNamespace.Exists(name));
    }

    [Fact]
    public void Create_Named_IsOneThatIpKnows()
    {
        using NetNsFixture ns = new();
        string name = $"vt-test-{Guid.NewGuid():N}";
        using NetworkNamespace made = NetworkNamespace.Create(name);
        try
        {
            Assert.Contains("lo", ns.Execute("ip", "-n", name, "link"), StringComparison.Ordinal);
        }
        finally
        {
            NetworkNamespace.Delete(name);
        }
    }

    [Fact]
    public void Delete_ByDescriptor_TakesItsName()
    {
        string name = $"vt-test-{Guid.NewGuid():N}";
        using NetworkNamespace made = NetworkNamespace.Create(name);
        Assert.True(made.Delete());
        Assert.False(NetworkNamespace.Exists(name));
        Assert.False(made.Delete());
    }

    [Fact]
    public async Task OpenSocketAndRunAsync_Inside_AreInside()
    {
        using NetNsFixture ns = new();
        string inside = ns.Run(Current);
        Assert.Equal(inside, await ns.Namespace.RunAsync(Current));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => ns.Namespace.RunAsync<int>(() => throw new InvalidTimeZoneException()));
        using Socket socket = ns.Namespace.OpenSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 80));
        socket.Listen();
        Assert.Contains("127.0.0.1:80", ns.Execute("ss", "-tln"), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Absent_Throws() =>
        Assert.Equal(ErrnoConstants.ENOENT, Assert.Throws<NetworkNamespaceException>(() => NetworkNamespace.Open("vt-test-absent")).Errno);

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    public void Open_BadName_IsMisuse(string name) => Assert.Throws<ArgumentException>(() => NetworkNamespace.Open(name));

    [Fact]
    public void Run_OnAnotherThread_LeavesTheCallerWhereItWas()
    {
        string before = Current();
        using NetNsFixture ns = new();
        Assert.NotEqual(before, ns.Run(Current));
        Assert.Equal(before, Current());
    }

    [Fact]
    public void Run_WorkThrows_ThrowsHere()
    {
        using NetNsFixture ns = new();
        Assert.Throws<InvalidTimeZoneException>(() => ns.Run(() => throw new InvalidTimeZoneException()));
    }

    [Fact]
    public async Task Run_SocketMadeInside_WorksOutside()
    {
        using NetNsFixture ns = new();
        using Socket listener = Probe.Serve(ns, IPAddress.Loopback, 80);
        Assert.Equal("127.0.0.1", await Probe.TcpAsync(ns, IPAddress.Loopback, 80, expected: true));
    }

    [Fact]
    public void CreateAnonymous_ManyTimes_LeavesNoDescriptor()
    {
        static int Open() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
        using (NetNsFixture warm = new())
        {
            warm.Run(() => TapDevice.Create("vt0").Dispose());
        }

        int before = Open();
        for (int i = 0; i < 50; i++)
        {
            using NetNsFixture ns = new();
            ns.Run(() => TapDevice.Create("vt0").Dispose());
        }

        // Other tests run beside this one; a leak would be three a round.
        Assert.InRange(Open(), 0, before + 75);
    }

    [Fact]
    public void ReadFlag_Forwarding_IsOfTheNamespace()
    {
        using NetNsFixture ns = new();
        string outside = Sysctl.Read(Sysctl.Ipv4Forward);
        ns.Run(() => Sysctl.WriteFlag(Sysctl.Ipv4Forward, true));
        Assert.True(ns.Run(() => Sysctl.ReadFlag(Sysctl.Ipv4Forward)));
        ns.Run(() => Sysctl.WriteFlag(Sysctl.Ipv4Forward, false));
        Assert.False(ns.Run(() => Sysctl.ReadFlag(Sysctl.Ipv4Forward)));
        Assert.Equal(outside, Sysctl.Read(Sysctl.Ipv4Forward));
    }

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("net//x")]
    public void Read_PathOutOfProcSys_IsMisuse(string key) => Assert.Throws<ArgumentException>(() => Sysctl.Read(key));

    [Fact]
    public void CurrentArguments_ThisProcess_BeginsWithTheProgram() => Assert.NotEmpty(NetworkNamespace.CurrentArguments()[0]);

    private static string Current() => new FileInfo("/proc/thread-self/ns/net").LinkTarget!;
}
