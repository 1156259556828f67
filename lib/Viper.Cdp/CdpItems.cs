using System.Text.Json;
using Viper.Cdp.Protocol;

namespace Viper.Cdp;

/// <summary>The elements of an array, in place.</summary>
/// <typeparam name="T">The view of an element.</typeparam>
public ref struct CdpItems<T>
    where T : ICdpView<T>, allows ref struct
{
    private readonly ReadOnlySpan<byte> _array;
    private Utf8JsonReader _reader;
    private ReadOnlySpan<byte> _current;

    /// <summary>Makes the enumeration; of nothing where the value is no array.</summary>
    public CdpItems(CdpJson array)
    {
        if (array.Kind == JsonValueKind.Array)
        {
            _array = array.Utf8;
            _reader = CdpRead.Begin(_array);
        }
    }

    /// <summary>Gets the element.</summary>
    public readonly T Current => T.Of(new CdpJson(_current));

    /// <summary>Gets this, for <c>foreach</c>.</summary>
    public readonly CdpItems<T> GetEnumerator() => this;

    /// <summary>Goes to the next element.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public bool MoveNext()
    {
        if (_array.IsEmpty || !_reader.Read() || _reader.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        _current = CdpRead.SliceHere(ref _reader, _array);
        return true;
    }
}
