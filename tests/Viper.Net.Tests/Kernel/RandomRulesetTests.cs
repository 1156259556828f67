using System.Net;
using System.Net.Sockets;

using FsCheck;
using FsCheck.Fluent;

using Viper.Net.Firewall;
using Viper.TestKit.Network;

namespace Viper.Net.Tests.Kernel;

/// <summary>Whatever ruleset one can write compiles, is taken by the kernel and reads back as what was meant.</summary>
public sealed class RandomRulesetTests
{
    private static readonly int s_count = Environment.GetEnvironmentVariable("VIPER_SOAK") == "1" ? 5000 : 200;

    [Fact]
    public void Compare_RandomRuleset_IsWhatWasMeant()
    {
        using NetNsFixture ns = new();
        using NftSocket socket = ns.Run(() => new NftSocket());
        Gen<NftTable> tables = Table();
        foreach (NftTable table in tables.Sample(s_count, 8))
        {
            using NftTransaction make = new();
            socket.Commit(make.Add(table));
            Assert.Empty(socket.Compare(table));
            Assert.True(socket.DeleteTable(table.Family, table.Name));
        }
    }

    private static Gen<NftTable> Table() =>
        from sets in Sets()
        from rules in Rule().ListOf()
        from more in Rule().ListOf()
        from policy in Gen.Elements(NftVerdictKind.Accept, NftVerdictKind.Drop)
        from hook in Gen.Elements(NftHook.Prerouting, NftHook.Input, NftHook.Forward, NftHook.Output, NftHook.Postrouting)
        from priority in Gen.Choose(-400, 400)
        select new NftTable
        {
            Family = NftFamily.Inet,
            Name = "random",
            Objects = [new NftObject("seen", new NftCounter()), new NftObject("slow", new NftLimit(7, NftLimitUnit.Minute))],
            Sets = sets,
            Chains =
            [
                new NftChain { Name = "target", Rules = [new NftRuleBuilder().Count().Return()] },
                new NftChain { Name = "base", Hook = hook, Priority = priority, Policy = policy, Rules = [.. rules] },
                new NftChain { Name = "plain", Rules = [.. more] },
            ],
        };

    private static Gen<NftSet[]> Sets() =>
        from links in Gen.Choose(1, 200).ListOf()
        from pairs in Address().Zip(Mac()).ListOf()
        from nets in Network().ListOf()
        from ranges in Network().Zip(Gen.Choose(1, 65_535)).ListOf()
        from verdicts in Gen.Choose(1, 200).Zip(Verdict()).ListOf()
        from marks in Address().Zip(Gen.Choose(0, int.MaxValue)).ListOf()
        select new NftSet[]
        {
            new() { Name = "links", Key = [NftKeyType.LinkName], Elements = [.. links.Distinct().Select(i => NftElement.OfLink($"vt{i}"))] },
            new()
            {
                Name = "pairs",
                Key = [NftKeyType.Ipv4Address, NftKeyType.EthernetAddress],
                Elements = [.. pairs.DistinctBy(pair => pair.Item1).Select(pair => NftElement.Of(NftKey.Of(pair.Item1), NftKey.Of(pair.Item2)))],
            },
            new() { Name = "nets", Key = [NftKeyType.Ipv4Address], IsInterval = true, Elements = NftElement.OfNetworks(nets) },
            new()
            {
                Name = "ranges",
                Key = [NftKeyType.LinkName, NftKeyType.Ipv4Address, NftKeyType.Port],
                IsInterval = true,
                // A link for each: the kernel refuses ranges that overlap in part.
                Elements = [.. ranges.Select((range, i) => NftElement.Range(NftKey.Link($"vt{i}"), NftKey.Of(range.Item1), NftKey.Ports(1, (ushort)range.Item2)))],
            },
            new()
            {
                Name = "verdicts",
                Key = [NftKeyType.LinkName],
                IsVerdictMap = true,
                Elements = [.. verdicts.DistinctBy(pair => pair.Item1).Select(pair => NftElement.OfLink($"vt{pair.Item1}") with { Verdict = pair.Item2 })],
            },
            new()
            {
                Name = "marks",
                Key = [NftKeyType.Ipv4Address],
                DataType = NftKeyType.Mark,
                Elements = [.. marks.DistinctBy(pair => pair.Item1).Select(pair => NftElement.Of(pair.Item1) with { Data = NftKey.Mark((uint)pair.Item2).From })],
            },
        };

    private static Gen<NftRule> Rule() =>
        from matches in Match().ListOf()
        from end in Gen.Choose(0, 7)
        from comment in Gen.Elements<string?>(null, "a comment", "ü")
        select End(matches.Take(6).Aggregate(new NftRuleBuilder(), (builder, match) => match(builder)), end, comment);

    private static NftRule End(NftRuleBuilder builder, int end, string? comment) => end switch
    {
        0 => builder.Accept(comment),
        1 => builder.Drop(comment),
        2 => builder.Return(comment),
        3 => builder.Goto("target", comment),
        4 => builder.Jump("target", comment),
        5 => builder.DecideBy("verdicts", [NftField.InputName], comment),
        6 => builder.Count().Continue(comment),
        _ => builder.Log(new NftLog(7, "random")).Continue(comment),
    };

    private static Gen<Func<NftRuleBuilder, NftRuleBuilder>> Match() => Gen.OneOf(
        Match(Network(), (rule, network) => rule.SourceIn(network)),
        Match(Network(), (rule, network) => rule.DestinationIn(network, negate: true)),
        Match(Gen.Choose(0, 65_535), (rule, port) => rule.DestinationPort(ProtocolType.Tcp, port)),
        Match(Gen.Choose(1, 99), (rule, i) => rule.From($"vt{i}")),
        Match(Gen.Choose(1, 99), (rule, i) => rule.To($"vt{i}", negate: true)),
        Match(Gen.Choose(1, 127), (rule, states) => rule.Connection((NftConnectionState)(states & 0x4f))),
        Match(Gen.Choose(1, 1_000_000), (rule, rate) => rule.Limit(new NftLimit((ulong)rate, NftLimitUnit.Second, IsBytes: rate % 2 == 0, IsOver: rate % 3 == 0))),
        Match(Gen.Choose(1, 1_000_000), (rule, mark) => rule.Mark((uint)mark)),
        Match(Gen.Choose(1, 1_000_000), (rule, mark) => rule.SetMark((uint)mark)),
        Match(Gen.Constant(0), (rule, _) => rule.InSet("links", NftField.InputName)),
        Match(Gen.Constant(0), (rule, _) => rule.NotInSet("links", NftField.OutputName)),
        Match(Gen.Constant(0), (rule, _) => rule.InSet("nets", NftField.SourceAddress)),
        Match(Gen.Constant(0), (rule, _) => rule.MarkFrom("marks", NftField.DestinationAddress)),
        Match(Gen.Constant(0), (rule, _) => rule.Protocol(ProtocolType.Udp).InSet("ranges", NftField.InputName, NftField.SourceAddress, NftField.DestinationPort)),
        Match(Gen.Constant(0), (rule, _) => rule.UseObject(NftObjectKind.Counter, "seen").UseObject(NftObjectKind.Limit, "slow")),
        Match(Gen.Constant(0), (rule, _) => rule.Add(new NftQuota(12_345, IsOver: true))));

    private static Gen<Func<NftRuleBuilder, NftRuleBuilder>> Match<T>(Gen<T> values, Func<NftRuleBuilder, T, NftRuleBuilder> apply) =>
        values.Select(value => (Func<NftRuleBuilder, NftRuleBuilder>)(builder => apply(builder, value)));

    private static Gen<NftVerdict> Verdict() => Gen.Elements(
        new NftVerdict(NftVerdictKind.Accept), new NftVerdict(NftVerdictKind.Drop), new NftVerdict(NftVerdictKind.Return), new NftVerdict(NftVerdictKind.Jump, "target"), new NftVerdict(NftVerdictKind.Goto, "target"));

    private static Gen<IPAddress> Address() =>
        Gen.Choose(0, int.MaxValue).Select(number => new IPAddress([(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]));

    private static Gen<IPNetwork> Network() =>
        from address in Address()
        from length in Gen.Choose(1, 32)
        select Protocolled(address, length);

    private static IPNetwork Protocolled(IPAddress address, int length) => Net.Protocol.Route.NetworkAddress.Mask(address, length);

    private static Gen<MacAddress> Mac() => Gen.Choose(0, 255).Select(last => new MacAddress([2, 0, 0, 0, 0, (byte)last]));
}
