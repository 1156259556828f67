using Viper.OpenApiFacts;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

/// <summary>The tool that makes the facts.</summary>
public sealed class OpenApiFactsTests
{
    [Fact]
    public void Of_Document_GivesFactsWithoutSentences()
    {
        const string Text = """
            info:
              title: A sentence: with a colon
            paths:
              /vm.go:
                put:
                  summary: Goes.
                  requestBody:
                    description: >
                      A long text,
                      over lines.
                    content:
                      application/json:
                        schema:
                          $ref: "#/components/schemas/Way"
                  responses:
                    200:
                      description: Gone
                      content:
                        application/json:
                          schema:
                            $ref: '#/components/schemas/Kind'
                    "204":
                      description: Nothing
            components:
              schemas:
                Kind:
                  type: string
                  enum: [One, "Two"] # both
                Way:
                  required:
                    - far
                  type: object
                  properties:
                    far:
                      type: integer
                      format: int64
                      minimum: 1
                      default: 7
                    by:
                      type: array
                      items:
                        $ref: "#/components/schemas/Kind"
                    counters:
                      type: object
                      additionalProperties:
                        type: string
                  description:
                    Words
            """;

        Assert.Equal(
            [
                "operation PUT vm.go Way 200:Kind,204",
                "schema Kind enum",
                "enum Kind One Two",
                "schema Way object",
                "property Way far integer:int64 required default=7 minimum=1",
                "property Way by array<Kind> optional",
                "property Way counters map<string> optional",
            ],
            FactLines.Of(YamlReader.Read(Text.Split('\n'))));
    }

    [Theory]
    [InlineData("no entry")]
    [InlineData("a: b\n  c: d")]
    public void Read_OtherYaml_IsAnError(string text) => Assert.Throws<InvalidDataException>(() => YamlReader.Read(text.Split('\n')));
}
