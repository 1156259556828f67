using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>A type of the VMM's configuration: what JSON it takes and what it says of other JSON.</summary>
internal abstract class SerdeType
{
    /// <summary>What messages call this type.</summary>
    public abstract string Expected { get; }

    /// <summary>The value that is next, with its defaults filled in; null for an absent optional one.</summary>
    public abstract JsonNode? Read(SerdeReader reader);

    /// <summary>A whole text.</summary>
    public JsonNode? ReadAll(ReadOnlyMemory<byte> text)
    {
        SerdeReader reader = new(text);
        JsonNode? value = Read(reader);
        reader.End();
        return value;
    }

    /// <summary>The error for a value of another type, which is consumed first unless it is a list or an object.</summary>
    protected SerdeException Mismatch(SerdeReader reader)
    {
        string found;
        switch (reader.Peek())
        {
            case null:
                return reader.FailNext("EOF while parsing a value");
            case (byte)'"':
                found = $"string \"{reader.ReadString()}\"";
                break;
            case (byte)'{':
                found = "map";
                break;
            case (byte)'[':
                found = "sequence";
                break;
            case (byte)'t':
                reader.ReadWord("true");
                found = "boolean `true`";
                break;
            case (byte)'f':
                reader.ReadWord("false");
                found = "boolean `false`";
                break;
            case (byte)'n':
                reader.ReadWord("null");
                found = "null";
                break;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                string number = reader.ReadNumber();
                found = number.AsSpan().ContainsAny('.', 'e', 'E') ? $"floating point `{number}`" : $"integer `{number}`";
                break;
            default:
                return reader.FailNext("expected value");
        }

        return reader.Fail($"invalid type: {found}, expected {Expected}");
    }

    /// <summary>Reads past a value of any type.</summary>
    protected static void Skip(SerdeReader reader)
    {
        switch (reader.Peek())
        {
            case (byte)'{':
                reader.Enter();
                for (bool isFirst = true; reader.NextKey(isFirst, out _); isFirst = false)
                {
                    reader.TakeColon();
                    Skip(reader);
                }

                reader.Take();
                reader.Leave();
                break;
            case (byte)'[':
                reader.Enter();
                for (bool isFirst = true; reader.NextElement(isFirst); isFirst = false)
                {
                    Skip(reader);
                }

                reader.Take();
                reader.Leave();
                break;
            case (byte)'"':
                reader.ReadString();
                break;
            case (byte)'t':
                reader.ReadWord("true");
                break;
            case (byte)'f':
                reader.ReadWord("false");
                break;
            case (byte)'n':
                reader.ReadWord("null");
                break;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                reader.ReadNumber();
                break;
            case null:
                throw reader.FailNext("EOF while parsing a value");
            default:
                throw reader.FailNext("expected value");
        }
    }
}
