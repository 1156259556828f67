using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>The client's types read every answer of the recording.</summary>
public sealed class DecodingTests
{
    public static IEnumerable<TheoryDataRow<int>> Exchanges => Recording.Rows;

    [Theory]
    [MemberData(nameof(Exchanges))]
    public void Answer_AsTheClientReadsIt_IsWhatItSays(int index)
    {
        Exchange exchange = Recording.All[index];
        byte[] body = Encoding.UTF8.GetBytes(exchange.Answer?.ToJsonString() ?? exchange.RawAnswer ?? "");
        switch (exchange)
        {
            case { IsAccepted: false }:
                AssertCauses(exchange.Answer, VmmErrorBody.ReadCauses(body));
                break;
            case { Operation: "vmm.ping" }:
                VmmPing ping = Read(body, CloudHypervisorJson.Default.VmmPing);
                Assert.Equal(("53.0.0", "v53.0"), (ping.Version, ping.BuildVersion));
                break;
            case { Operation: "vm.info" }:
                VmInfo info = Read(body, CloudHypervisorJson.Default.VmInfo);
                Assert.Equal(exchange.Answer!["state"]!.GetValue<string>(), info.State.ToString());
                AssertKept(exchange.Answer, JsonSerializer.SerializeToNode(info, CloudHypervisorJson.Default.VmInfo), "");
                break;
            case { Operation: "vm.counters" }:
                Assert.Equal(exchange.Answer!.AsObject().Count, Read(body, CloudHypervisorJson.Default.Counters).Count);
                break;
            case { Status: 200, Answer: not null }:
                PciDeviceInfo device = Read(body, CloudHypervisorJson.Default.PciDeviceInfo);
                Assert.Equal(exchange.Answer["id"]!.GetValue<string>(), device.Id);
                break;
            default:
                Assert.Empty(body);
                break;
        }
    }

    private static T Read<T>(byte[] body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        T? value = JsonSerializer.Deserialize(body, type);
        Assert.NotNull(value);
        return value;
    }

    private static void AssertCauses(JsonNode? answer, IReadOnlyList<string> causes)
    {
        if (answer is JsonArray array)
        {
            Assert.Equal(array.Select(cause => cause!.GetValue<string>()), causes);
        }
    }

    // What the client reads and writes again has all that the answer had, but for what the API's description does not name.
    private static void AssertKept(JsonNode? expected, JsonNode? actual, string place)
    {
        switch (expected)
        {
            case JsonObject members:
                foreach ((string name, JsonNode? value) in members)
                {
                    if (s_undescribed.Contains(name))
                    {
                        continue;
                    }

                    Assert.True(actual?[name] is not null, $"{place}/{name} was lost");
                    AssertKept(value, actual[name], $"{place}/{name}");
                }

                break;
            case JsonArray elements:
                Assert.Equal(elements.Count, actual!.AsArray().Count);
                for (int i = 0; i < elements.Count; i++)
                {
                    AssertKept(elements[i], actual[i], $"{place}/{i}");
                }

                break;
            default:
                Assert.Equal(expected?.ToJsonString(), actual?.ToJsonString());
                break;
        }
    }

    private static readonly HashSet<string> s_undescribed =
        ["profile", "disable_io_uring", "disable_aio", "parent", "fds", "resources"];
}
