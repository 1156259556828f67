using System.Text;
using Viper.Hypervisor.CloudHypervisor;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

public sealed class VmmErrorBodyTests
{
    [Theory]
    [InlineData("""["Error from API","The VM could not boot","VM config is missing"]""", "Error from API|The VM could not boot|VM config is missing")]
    [InlineData("""["Bad Request"]""", "Bad Request")]
    [InlineData("", "")]
    [InlineData("  \n", "")]
    [InlineData("\"plain\"", "plain")]
    [InlineData("""{"error":"an object"}""", "an object")]
    [InlineData("{ \"error\": \"one\ntwo\" }", "{ \"error\": \"one\ntwo\" }")]
    [InlineData("not JSON", "not JSON")]
    [InlineData("[1,2]", "[1,2]")]
    [InlineData("[]", "[]")]
    public void ReadCauses_EachForm_GivesWhatThereIs(string body, string expected) =>
        Assert.Equal(expected, string.Join('|', VmmErrorBody.ReadCauses(Encoding.UTF8.GetBytes(body))));

    [Fact]
    public void ReadCauses_EndlessText_IsCut() =>
        Assert.Equal(4096, Assert.Single(VmmErrorBody.ReadCauses(Encoding.UTF8.GetBytes(new string('x', 100_000)))).Length);

    [Fact]
    public void ReadCauses_Mutated_NeverThrows()
    {
        Random random = new(5);
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = """["Error from API","The VM could not boot","\u00e4"]"""u8.ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            _ = VmmErrorBody.ReadCauses(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
        }
    }
}
