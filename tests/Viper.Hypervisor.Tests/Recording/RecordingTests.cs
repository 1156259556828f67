using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>The stand-in held against the recording, exchange by exchange.</summary>
public sealed class RecordingTests
{
    public static IEnumerable<TheoryDataRow<int>> Exchanges => Recording.Rows;

    [Fact]
    public void Exchanges_All_AreRun() => Assert.Equal(
        (Recording.Count, Recording.Count), (Exchanges.Count(), Exchanges.Select(row => row.TestDisplayName).Distinct().Count()));

    [Theory]
    [MemberData(nameof(Exchanges), DisableDiscoveryEnumeration = false)]
    public async Task Answer_InTheRecordedState_IsTheRecordedOne(int index)
    {
        Exchange exchange = Recording.All[index];
        using RecordedPlaces places = new();
        await using SetUp setUp = new(places, exchange);
        StandInProcess vmm = await setUp.RunAsync();
        using RawClient client = new(vmm.Socket);

        RawAnswer answer = await AskAsync(client, exchange, places);

        Assert.Equal(exchange.Status, answer.Status);
        string body = places.Recorded(answer.Body);
        if (exchange.Answer is { } expected)
        {
            AssertSame(Masks.Apply(expected.DeepClone())!, Masks.Apply(JsonNode.Parse(body))!);
        }
        else
        {
            Assert.Equal(Masks.WithoutRepeats(exchange.RawAnswer ?? ""), Masks.WithoutRepeats(body));
        }
    }

    private static async Task<RawAnswer> AskAsync(RawClient client, Exchange exchange, RecordedPlaces places)
    {
        (byte[] head, byte[] body) = RecordedRequest.Bytes(exchange, places);
        if (exchange.Case.StartsWith("Expect: 100-continue", StringComparison.Ordinal))
        {
            await client.SendAsync(head);
            RawAnswer interim = await ReadAsync(client);
            await client.SendAsync(body);
            RawAnswer final = await ReadAsync(client);
            return interim with { Body = $"<<then body sent>>\n{final.Head}\n\n{final.Body}" };
        }

        if (exchange.PassesDescriptor)
        {
            using SafeFileHandle descriptor = File.OpenHandle("/dev/null");
            client.SendWith([.. head, .. body], descriptor);
            return await ReadAsync(client);
        }

        await client.SendAsync([.. head, .. body]);
        RawAnswer first = await ReadAsync(client);
        return exchange.Case == "body of 51201 bytes" ? await WithFollowingAsync(client, first) : first;
    }

    private static async Task<RawAnswer> WithFollowingAsync(RawClient client, RawAnswer first)
    {
        StringBuilder text = new(first.Body);
        for (int i = 0; i < 5; i++)
        {
            RawAnswer next = await ReadAsync(client);
            text.Append(next.Head).Append("\n\n").Append(next.Body);
        }

        return first with { Body = text.ToString() };
    }

    private static async Task<RawAnswer> ReadAsync(RawClient client)
    {
        RawAnswer? answer = await client.ReadAsync();
        Assert.NotNull(answer);
        return answer;
    }

    private static void AssertSame(JsonNode expected, JsonNode actual)
    {
        if (!JsonNode.DeepEquals(expected, actual))
        {
            // Never equal here, and shown with the first difference.
            Assert.Equal(Sorted(expected).ToJsonString(Recording.Plain), Sorted(actual).ToJsonString(Recording.Plain));
        }
    }

    private static JsonNode Sorted(JsonNode node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(
            member => KeyValuePair.Create(member.Key, member.Value is null ? null : Sorted(member.Value)))),
        JsonArray elements => new JsonArray([.. elements.Select(element => element is null ? null : Sorted(element))]),
        _ => node.DeepClone(),
    };
}
