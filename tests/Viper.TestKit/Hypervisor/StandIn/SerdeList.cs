using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>A list of values of one type.</summary>
internal sealed class SerdeList(SerdeType element) : SerdeType
{
    public override string Expected => "a sequence";

    public override JsonNode? Read(SerdeReader reader)
    {
        if (reader.Peek() != (byte)'[')
        {
            throw Mismatch(reader);
        }

        JsonArray values = [];
        reader.Enter();
        for (bool isFirst = true; reader.NextElement(isFirst); isFirst = false)
        {
            values.Add(element.Read(reader));
        }

        reader.Take();
        reader.Leave();
        return values;
    }
}
