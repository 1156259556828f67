using Viper.Net.Interop;

namespace Viper.Net.Tests.Protocol;

public sealed class NetlinkChannelTests
{
    [Fact]
    public void ListLinks_TwoParts_GathersBoth()
    {
        using RouteSocket socket = new(new ScriptedTransport()
            .Answer(n => [[.. Datagram.Link(n, 1, "a"), .. Datagram.Link(n, 2, "b")], [.. Datagram.Link(n, 3, "c"), .. Datagram.Done(n)]]));

        Assert.Equal(["a", "b", "c"], socket.ListLinks().Select(link => link.Name));
    }

    [Fact]
    public void ListLinks_Interrupted_IsTakenAgainFromTheStart()
    {
        using RouteSocket socket = new(new ScriptedTransport()
            .Answer(n => [Datagram.Link(n, 1, "old"), Datagram.Done(n, flags: NetlinkConstants.NLM_F_MULTI | NetlinkConstants.NLM_F_DUMP_INTR)])
            .Answer(n => [Datagram.Link(n, 2, "new"), Datagram.Done(n)]));

        Assert.Equal(["new"], socket.ListLinks().Select(link => link.Name));
    }

    [Fact]
    public void ListLinks_InterruptedForEver_GivesUpWithATransientError()
    {
        ScriptedTransport transport = new();
        for (int i = 0; i < 100; i++)
        {
            transport.Answer(n => [Datagram.Done(n, flags: NetlinkConstants.NLM_F_DUMP_INTR)]);
        }

        using RouteSocket socket = new(transport);
        NetlinkException e = Assert.Throws<NetlinkException>(() => socket.ListLinks());
        Assert.True(e.IsTransient);
    }

    [Fact]
    public void ListLinks_Overrun_GrowsTheBufferAndTakesItAgain()
    {
        ScriptedTransport transport = new ScriptedTransport()
            .Answer(n => [Datagram.Link(n, 1, "lost"), []])
            .Answer(n => [Datagram.Link(n, 2, "whole"), Datagram.Done(n)]);
        using RouteSocket socket = new(transport);

        Assert.Equal(["whole"], socket.ListLinks().Select(link => link.Name));
        Assert.Equal(1, transport.Grown);
    }

    [Fact]
    public void ListLinks_ErrorInDone_Throws()
    {
        using RouteSocket socket = new(new ScriptedTransport().Answer(n => [Datagram.Link(n, 1, "a"), Datagram.Done(n, ErrnoConstants.ENOMEM)]));

        Assert.Equal(ErrnoConstants.ENOMEM, Assert.Throws<NetlinkException>(() => socket.ListLinks()).Errno);
    }

    [Fact]
    public void SetUp_AnswerToAnotherRequest_IsIgnored()
    {
        using RouteSocket socket = new(new ScriptedTransport()
            .Answer(n => [Datagram.Error(n + 100, ErrnoConstants.EPERM), Datagram.Error(n, 0)]));

        socket.SetUp(1);
    }

    [Fact]
    public void SetUp_Refused_CarriesErrnoMessageAndOffset()
    {
        using RouteSocket socket = new(new ScriptedTransport().Answer(n => [Datagram.Error(n, ErrnoConstants.EINVAL, "Attribute failed", 36)]));

        NetlinkException e = Assert.Throws<NetlinkException>(() => socket.SetUp(1));

        Assert.Equal((ErrnoConstants.EINVAL, "Attribute failed", 36), (e.Errno, e.KernelMessage, e.AttributeOffset));
        Assert.Contains("Attribute failed", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SetMtu_AttributeRefused_NamesIt()
    {
        // nlmsghdr and ifinfomsg take 32 bytes; the MTU is the only attribute.
        using RouteSocket socket = new(new ScriptedTransport().Answer(n => [Datagram.Error(n, ErrnoConstants.EINVAL, "too large", 32)]));

        NetlinkException e = Assert.Throws<NetlinkException>(() => socket.SetMtu(1, 9000));

        Assert.Equal("IFLA_MTU", e.AttributeName);
        Assert.Contains("too large (IFLA_MTU)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void At_EveryOffset_NamesThePathToTheAttribute()
    {
        byte[] request = Datagram.Link(1, 5, "vt01");
        HashSet<string?> names = [.. Enumerable.Range(0, request.Length).Select(offset => Viper.Net.Protocol.AttributeNames.At(request, offset))];
        Assert.Contains("IFLA_LINKINFO/IFLA_INFO_SLAVE_DATA/IFLA_BRPORT_ISOLATED", names);
        Assert.Contains("IFLA_LINKINFO/IFLA_INFO_KIND", names);
        Assert.Contains("IFLA_IFNAME", names);
        Assert.Equal("a missing IFLA_MTU", Viper.Net.Protocol.AttributeNames.Missing(request, LinkConstants.IFLA_MTU, null));
    }

    [Fact]
    public void SetUp_AnswerLost_SaysThatItIsNotKnown()
    {
        using RouteSocket socket = new(new ScriptedTransport().Answer(_ => [[]]));
        NetlinkException e = Assert.Throws<NetlinkException>(() => socket.SetUp(1));
        Assert.Equal(ErrnoConstants.ENOBUFS, e.Errno);
    }

    [Fact]
    public void GetLink_AnswerLost_AsksAgain()
    {
        using RouteSocket socket = new(new ScriptedTransport()
            .Answer(_ => [[]])
            .Answer(n => [[.. Datagram.Link(n, 2, "vt0", flags: 0), .. Datagram.Error(n, 0)]]));
        Assert.Equal("vt0", socket.GetLink("vt0")!.Name);
    }

    [Fact]
    public void SetUp_Refused_LeavesTheSocketUsable()
    {
        using RouteSocket socket = new(new ScriptedTransport().Answer(n => [Datagram.Error(n, ErrnoConstants.EPERM)]).Answer(n => [Datagram.Error(n, 0)]));

        Assert.Throws<NetlinkException>(() => socket.SetUp(1));
        socket.SetUp(1);
    }

    [Fact]
    public void ListLinks_AfterACorruptAnswer_DropsWhatIsLeftOfIt()
    {
        using RouteSocket socket = new(new ScriptedTransport()
            .Answer(n => [[1, 2, 3], Datagram.Link(n, 1, "stale"), Datagram.Done(n)])
            .Answer(n => [Datagram.Link(n, 2, "fresh"), Datagram.Done(n)]));

        Assert.Equal(ErrnoConstants.EBADMSG, Assert.Throws<NetlinkException>(() => socket.ListLinks()).Errno);
        Assert.Equal(["fresh"], socket.ListLinks().Select(link => link.Name));
    }

    [Fact]
    public void GetLink_NoAnswer_ThrowsInsteadOfWaitingForEver()
    {
        using RouteSocket socket = new(new ScriptedTransport());

        Assert.Equal(ErrnoConstants.ETIMEDOUT, Assert.Throws<NetlinkException>(() => socket.GetLink("lo")).Errno);
    }

    [Fact]
    public void GetLink_AfterDispose_Throws()
    {
        RouteSocket socket = new(new ScriptedTransport());
        socket.Dispose();

        Assert.Throws<ObjectDisposedException>(() => socket.GetLink("lo"));
    }
}
