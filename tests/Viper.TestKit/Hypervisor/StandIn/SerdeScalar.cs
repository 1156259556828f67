using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>The simple types: numbers, strings, truth values, addresses and names out of a list.</summary>
internal sealed partial class SerdeScalar(string expected, Func<SerdeReader, SerdeScalar, JsonNode?> read) : SerdeType
{
    public static readonly SerdeScalar Bool = new("a boolean", (reader, type) => type.ReadBool(reader));
    public static readonly SerdeScalar Text = new("a string", (reader, type) => type.ReadText(reader, value => value));
    public static readonly SerdeScalar Path = new("path string", (reader, type) => type.ReadText(reader, value => value));
    public static readonly SerdeScalar Mac = new("a string", (reader, type) => type.ReadText(reader, CheckMac));
    public static readonly SerdeScalar Ip = new("IP address", (reader, type) => type.ReadText(
        reader, value => IsIp(value) ? value : throw reader.Fail("invalid IP address syntax")));

    public static readonly SerdeScalar U8 = Integer("u8", 0, byte.MaxValue);
    public static readonly SerdeScalar U16 = Integer("u16", 0, ushort.MaxValue);
    public static readonly SerdeScalar U32 = Integer("u32", 0, uint.MaxValue);
    public static readonly SerdeScalar U64 = Integer("u64", 0, ulong.MaxValue);
    public static readonly SerdeScalar Usize = Integer("usize", 0, ulong.MaxValue);
    public static readonly SerdeScalar I32 = Integer("i32", int.MinValue, int.MaxValue);

    public override string Expected => expected;

    public override JsonNode? Read(SerdeReader reader) => read(reader, this);

    /// <summary>One of several names, spelled exactly so.</summary>
    public static SerdeScalar Name(params string[] names) => new("variant identifier", (reader, type) => type.ReadText(
        reader,
        value => names.Contains(value) ? value : throw reader.Fail($"unknown variant `{value}`, expected {OneOf(names)}")));

    private static SerdeScalar Integer(string name, BigInteger least, BigInteger most) => new(name, (reader, type) =>
    {
        if (reader.Peek() is not ((byte)'-' or (>= (byte)'0' and <= (byte)'9')))
        {
            throw type.Mismatch(reader);
        }

        string number = reader.ReadNumber();
        if (number.AsSpan().ContainsAny('.', 'e', 'E') || number.Length > 20)
        {
            throw reader.Fail($"invalid type: floating point `{number}`, expected {name}");
        }

        BigInteger value = BigInteger.Parse(number, CultureInfo.InvariantCulture);
        return value >= least && value <= most
            ? JsonNode.Parse(value.ToString(CultureInfo.InvariantCulture))
            : throw reader.Fail($"invalid value: integer `{number}`, expected {name}");
    });

    private static string OneOf(string[] names) => names.Length == 2
        ? $"`{names[0]}` or `{names[1]}`"
        : "one of " + string.Join(", ", names.Select(name => $"`{name}`"));

    // Its error comes from the type's own reading and so is placed by the structure around it.
    private static string CheckMac(string value) => MacForm().IsMatch(value)
        ? value.ToLowerInvariant()
        : throw new SerdeException($"The provided MAC address is invalid: parsing of {value} into a MAC address failed");

    // IPAddress takes short forms such as 1.2.3, which the VMM does not.
    private static bool IsIp(string value) =>
        IPAddress.TryParse(value, out _) && (value.Contains(':', StringComparison.Ordinal) || value.Count(letter => letter == '.') == 3);

    [GeneratedRegex("^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$", RegexOptions.CultureInvariant)]
    private static partial Regex MacForm();

    private JsonValue ReadText(SerdeReader reader, Func<string, string> check) =>
        reader.Peek() == (byte)'"' ? JsonValue.Create(check(reader.ReadString()))! : throw Mismatch(reader);

    private JsonValue ReadBool(SerdeReader reader)
    {
        byte? next = reader.Peek();
        if (next is not ((byte)'t' or (byte)'f'))
        {
            throw Mismatch(reader);
        }

        reader.ReadWord(next == (byte)'t' ? "true" : "false");
        return JsonValue.Create(next == (byte)'t');
    }
}
