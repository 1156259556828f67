using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Viper.Images.Tests;

public sealed class ImageManifestTests
{
    private static readonly byte[] s_json = SampleImage.Manifest().ToJson();

    [Fact]
    public void Parse_OwnJson_GivesTheSameJsonAgain() => Assert.Equal(s_json, ImageManifest.Parse(s_json).ToJson());

    [Fact]
    public void ToJson_Always_IsSnakeCaseAndEndsInALine()
    {
        string json = Encoding.UTF8.GetString(s_json);

        Assert.Contains("\"minimum_memory_mib\": 128", json, StringComparison.Ordinal);
        Assert.EndsWith("}\n", json, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', json);
    }

    [Fact]
    public void Find_NoRoot_IsNull()
    {
        ImageManifest manifest = SampleImage.Manifest();

        Assert.Null((manifest with { Artifacts = [.. manifest.Artifacts.Take(3)] }).Find(ImageArtifact.Root));
    }

    public static TheoryData<string, string> Changes() => new()
    {
        { "format", "2" },
        { "name", "\"../x\"" },
        { "minimum_memory_mib", "0" },
        { "agent_path", "\"viper-agent\"" },
        { "build_key", "\"abc\"" },
        { "package_key", "\"ABCDEF\"" },
        { "name", "null" },
        { "artifacts", "null" },
        { "artifacts", "[]" },
        { "packages", "[{}]" },
        { "surprise", "1" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Parse_MemberChanged_Throws(string member, string value)
    {
        JsonObject json = JsonNode.Parse(s_json)!.AsObject();
        json[member] = JsonNode.Parse(value);

        Assert.Throws<JsonException>(() => ImageManifest.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())));
    }

    [Theory]
    [InlineData("role", "\"disk\"")]
    [InlineData("role", "\"vmlinux\"")]
    [InlineData("file", "\"../bzImage\"")]
    [InlineData("file", "\"/bzImage\"")]
    [InlineData("file", "\".bzImage\"")]
    [InlineData("file", "\"vmlinux\"")]
    [InlineData("file", "\"\"")]
    [InlineData("size", "-1")]
    [InlineData("sha256", "\"00\"")]
    [InlineData("extra", "1")]
    public void Parse_ArtifactChanged_Throws(string member, string value)
    {
        JsonObject json = JsonNode.Parse(s_json)!.AsObject();
        json["artifacts"]![0]![member] = JsonNode.Parse(value);

        Assert.Throws<JsonException>(() => ImageManifest.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())));
    }

    [Fact]
    public void Parse_EachMemberLeftOut_Throws()
    {
        foreach (string member in JsonNode.Parse(s_json)!.AsObject().Select(pair => pair.Key).ToArray())
        {
            JsonObject json = JsonNode.Parse(s_json)!.AsObject();
            json.Remove(member);

            Assert.Throws<JsonException>(() => ImageManifest.Parse(Encoding.UTF8.GetBytes(json.ToJsonString())));
        }
    }

    [Fact]
    public void Parse_MemberTwice_Throws()
    {
        string json = Encoding.UTF8.GetString(s_json).Replace("{\n  \"format\": 1,", "{\n  \"format\": 1, \"format\": 1,", StringComparison.Ordinal);

        Assert.Throws<JsonException>(() => ImageManifest.Parse(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Parse_Null_Throws() => Assert.Throws<JsonException>(() => ImageManifest.Parse("null"u8));

    [Fact]
    public void Parse_CutAtEveryLength_Throws()
    {
        for (int length = 0; length < s_json.Length - 2; length++)
        {
            Assert.Throws<JsonException>(() => ImageManifest.Parse(s_json.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Parse_BytesChangedAtRandom_ThrowsJsonExceptionOrReads()
    {
        Random random = new(20260101);
        for (int round = 0; round < 5_000; round++)
        {
            byte[] json = [.. s_json];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                json[random.Next(json.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.True(ImageName.IsValid(ImageManifest.Parse(json).Name));
            }
            catch (JsonException)
            {
                // What most changes end in.
            }
        }
    }
}
