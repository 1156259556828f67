using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>A structure: an object with known fields; unknown ones are ignored.</summary>
internal sealed class SerdeStruct(string name, params SerdeField[] fields) : SerdeType
{
    /// <summary>The names of its fields, in the order in which they are shown.</summary>
    public IEnumerable<string> FieldNames => fields.Select(each => each.Name);

    public override string Expected => $"struct {name}";

    public override JsonNode? Read(SerdeReader reader)
    {
        switch (reader.Peek())
        {
            case (byte)'{':
                reader.Enter();
                JsonObject value = ReadObject(reader);
                reader.Leave();
                return value;
            case (byte)'[':
                throw ReadSequence(reader);
            default:
                throw Mismatch(reader);
        }
    }

    /// <summary>The structure with nothing given.</summary>
    public JsonObject Empty() => Complete([]);

    private JsonObject ReadObject(SerdeReader reader)
    {
        Dictionary<SerdeField, JsonNode?> values = [];
        List<(SerdeField Field, ReadOnlyMemory<byte> Text)> inner = [];
        try
        {
            for (bool isFirst = true; reader.NextKey(isFirst, out string key); isFirst = false)
            {
                SerdeField? field = Array.Find(fields, field => field.Name == key || field.Alias == key);
                if (field is not null && !values.TryAdd(field, null))
                {
                    throw reader.Fail($"duplicate field `{field.Name}`");
                }

                reader.TakeColon();
                int start = reader.Position;
                if (field is { IsInner: false })
                {
                    values[field] = ReadField(reader, field);
                    continue;
                }

                Skip(reader);
                if (field is not null)
                {
                    inner.Add((field, reader.Since(start)));
                }
            }

            foreach (SerdeField field in fields.Where(field => field.IsRequired && !values.ContainsKey(field)))
            {
                throw new SerdeException($"missing field `{field.Name}`");
            }
        }
        catch (SerdeException e) when (!e.IsPlaced)
        {
            reader.TakeEndIfNext();
            throw reader.Fail(e.Fault);
        }

        reader.Take();
        foreach ((SerdeField field, ReadOnlyMemory<byte> text) in inner)
        {
            values[field] = ReadInner(reader, field, text);
        }

        return Complete(values);
    }

    private static JsonNode? ReadInner(SerdeReader outer, SerdeField field, ReadOnlyMemory<byte> text)
    {
        try
        {
            return ReadField(new SerdeReader(text), field);
        }
        catch (SerdeException e)
        {
            throw outer.Fail(e.Fault);
        }
    }

    private static JsonNode? ReadField(SerdeReader reader, SerdeField field)
    {
        if (field.IsOptional && reader.Peek() == (byte)'n')
        {
            reader.ReadWord("null");
            return null;
        }

        return field.Type.Read(reader);
    }

    // A list may stand for a structure if it gives every field in order; none that a client sends does.
    private SerdeException ReadSequence(SerdeReader reader)
    {
        reader.Enter();
        int count = 0;
        while (count < fields.Length && reader.NextElement(count == 0))
        {
            ReadField(reader, fields[count]);
            count++;
        }

        while (count < fields.Length && fields[count].Default is not null)
        {
            count++;
        }

        reader.Peek();
        reader.Take();
        return reader.Fail($"invalid length {count}, expected {Expected} with {fields.Length} elements");
    }

    private JsonObject Complete(Dictionary<SerdeField, JsonNode?> values)
    {
        JsonObject result = [];
        foreach (SerdeField field in fields.Where(field => !field.IsDropped))
        {
            JsonNode? value = values.TryGetValue(field, out JsonNode? given) ? given : field.Default?.Invoke();
            bool isHidden = value is null || (field.HidesFalse && !value.GetValue<bool>());
            if (!isHidden)
            {
                result[field.Name] = value;
            }
        }

        return result;
    }
}
