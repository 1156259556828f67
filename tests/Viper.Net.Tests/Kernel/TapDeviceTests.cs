using Viper.Net.Interop;
using Viper.TestKit.Network;

namespace Viper.Net.Tests.Kernel;

public sealed class TapDeviceTests : IDisposable
{
    private readonly NetNsFixture _ns = new();

    [Fact]
    public void Create_NotPersistent_GoesWithItsDescriptor()
    {
        using (TapDevice tap = _ns.Run(() => TapDevice.Create("vt0")))
        {
            Assert.Equal("tun", _ns.Route.GetLink("vt0")!.Kind);
        }

        Assert.Null(_ns.Route.GetLink("vt0"));
    }

    [Fact]
    public void Create_Persistent_StaysUntilDeleted()
    {
        _ns.Run(() => TapDevice.Create("vt0", new TapOptions { IsPersistent = true, OwnerUid = 1234 }).Dispose());
        string shown = _ns.Execute("ip", "-d", "-j", "link", "show", "vt0");
        Assert.Contains("\"persist\":true", shown, StringComparison.Ordinal);
        Assert.Contains("1234", shown, StringComparison.Ordinal);
        Assert.Contains("\"vnet_hdr\":true", shown, StringComparison.Ordinal);
        Assert.Contains("\"pi\":false", shown, StringComparison.Ordinal);
        Assert.True(_ns.Run(() => TapDevice.Delete("vt0")));
        Assert.False(_ns.Run(() => TapDevice.Delete("vt0")));
    }

    [Fact]
    public void Create_NameTaken_IsBusyAndLeavesTheOther()
    {
        using TapDevice tap = _ns.Run(() => TapDevice.Create("vt0"));
        TapException e = Assert.Throws<TapException>(() => _ns.Run(() => TapDevice.Create("vt0")));
        Assert.Equal(ErrnoConstants.EBUSY, e.Errno);
        Assert.NotNull(_ns.Route.GetLink("vt0"));
    }

    [Fact]
    public void Open_Absent_ThrowsAndMakesNone()
    {
        Assert.Equal(ErrnoConstants.ENODEV, Assert.Throws<TapException>(() => _ns.Run(() => TapDevice.Open("vt0"))).Errno);
        Assert.Null(_ns.Route.GetLink("vt0"));
    }

    [Fact]
    public void Open_HeldElsewhere_IsBusy()
    {
        using TapDevice tap = _ns.Run(() => TapDevice.Create("vt0"));
        Assert.Equal(ErrnoConstants.EBUSY, Assert.Throws<TapException>(() => _ns.Run(() => TapDevice.Open("vt0"))).Errno);
    }

    [Fact]
    public void Delete_AnotherKind_IsRefused()
    {
        _ns.Route.AddBridge("br0");
        Assert.Throws<TapException>(() => _ns.Run(() => TapDevice.Delete("br0")));
        Assert.NotNull(_ns.Route.GetLink("br0"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a-name-that-is-too-long")]
    [InlineData("vt%d")]
    public void Create_BadName_IsMisuse(string name) => Assert.Throws<ArgumentException>(() => TapDevice.Create(name));

    [Fact]
    public void OpenQueues_Several_AreAttachedAtOnce()
    {
        TapOptions options = new() { IsPersistent = true, MultiQueue = true, VnetHeaderLength = 12, OwnerGid = 4321 };
        _ns.Run(() => TapDevice.Create("vt0", options).Dispose());
        IReadOnlyList<Microsoft.Win32.SafeHandles.SafeFileHandle> queues = _ns.Run(() => TapDevice.OpenQueues("vt0", 4, options));
        Assert.Equal(4, queues.Select(queue => queue.DangerousGetHandle()).Distinct().Count());
        string shown = _ns.Execute("ip", "-d", "-j", "link", "show", "vt0");
        Assert.Contains("\"multi_queue\":true", shown, StringComparison.Ordinal);
        Assert.Contains("\"numqueues\":4", shown, StringComparison.Ordinal);
        Assert.Contains("4321", shown, StringComparison.Ordinal);
        Assert.All(queues, queue => queue.Dispose());
    }

    [Fact]
    public void OpenQueues_MadeWithoutQueues_IsRefused()
    {
        _ns.Run(() => TapDevice.Create("vt0", new TapOptions { IsPersistent = true }).Dispose());
        Assert.Equal(ErrnoConstants.EINVAL, Assert.Throws<TapException>(() => _ns.Run(() => TapDevice.OpenQueues("vt0", 2))).Errno);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void OpenQueues_CountOutOfRange_IsMisuse(int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TapDevice.OpenQueues("vt0", count));

    public void Dispose() => _ns.Dispose();
}
