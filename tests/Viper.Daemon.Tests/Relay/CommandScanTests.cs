using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Viper.Daemon.Relay;

namespace Viper.Daemon.Tests.Relay;

/// <summary>The scan beside a reader that has the whole message.</summary>
public sealed class CommandScanTests
{
    private static readonly string[] s_names = ["method", "id", "params", "sessionId", "Method", "metho", "methods", ""];
    private static readonly string[] s_methods = ["Browser.close", "Page.enable", "Browser.close ", "DOM.setFileInputFiles", "Browser.clos", ""];

    /// <summary>Commands of every spelling: the same verdict as of the whole document, however they are cut.</summary>
    [Fact]
    public void Take_AnyCommand_IsSeenAsByAWholeReader() =>
        Prop.ForAll<int>(static seed => Check(Make(new Random(seed)), seed)).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    /// <summary>Of what is damaged nothing passes that a whole reader could take for a guarded command.</summary>
    [Fact]
    public void Take_DamagedCommand_NeverHidesAGuardedOne() =>
        Prop.ForAll<int>(static seed =>
        {
            Random random = new(seed);
            byte[] message = Make(random);
            for (int i = random.Next(1, 4); i > 0 && message.Length > 0; i--)
            {
                int at = random.Next(message.Length);
                switch (random.Next(3))
                {
                    case 0:
                        message[at] = (byte)"\"\\{}[]:,/u \n0"[random.Next(13)];
                        break;
                    case 1:
                        message = [.. message[..at], .. message[(at + 1)..]];
                        break;
                    default:
                        message = [.. message[..at], message[random.Next(message.Length)], .. message[at..]];
                        break;
                }
            }

            return Check(message, seed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Theory]
    [InlineData("""{"id":123456789,"method":"X"}""", 123456789L)]
    [InlineData("""{"method":"X","id":7}""", 7L)]
    [InlineData("""{"id":1234567890}""", null)]
    [InlineData("""{"id":-1}""", null)]
    [InlineData("""{"id":"1"}""", null)]
    public void Take_Id_IsThatOfAClient(string message, long? id)
    {
        CommandScan scan = new(new GuestCommandPolicy());
        scan.Reset();
        scan.Take(Encoding.UTF8.GetBytes(message));
        Assert.Equal(id, scan.Id);
    }

    private static bool Check(byte[] message, int seed)
    {
        CommandScan scan = new(new GuestCommandPolicy());
        Random random = new(seed);
        scan.Reset();
        for (int at = 0; at < message.Length;)
        {
            int size = Math.Min(message.Length - at, random.Next(1, 40));
            scan.Take(message.AsSpan(at, size));
            at += size;
        }

        bool isHeld = scan.State == ScanState.Unreadable || (scan.State == ScanState.Open && !scan.IsBlank);
        return Oracle(message) switch
        {
            // Not JSON: whoever reads it all the same must not find what the scan has missed; most of it is held.
            null => true,
            { Methods: > 1 } => isHeld,
            { IsObject: false } => !isHeld && !scan.IsGuarded,
            { IsGuarded: var isGuarded } => !isHeld && scan.IsGuarded == isGuarded,
        };
    }

    private static (bool IsObject, int Methods, bool IsGuarded)? Oracle(byte[] message)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(message);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return (false, 0, false);
            }

            JsonElement[] methods = [.. document.RootElement.EnumerateObject().Where(static m => m.NameEquals("method")).Select(static m => m.Value)];
            GuestCommandPolicy policy = new();
            return (true, methods.Length, methods.Any(m => m.ValueKind == JsonValueKind.String && policy.Guards(Encoding.UTF8.GetBytes(m.GetString()!))));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static byte[] Make(Random random)
    {
        StringBuilder text = new();
        Blank(text, random);
        text.Append('{');
        for (int i = random.Next(5); i > 0; i--)
        {
            Blank(text, random);
            string name = s_names[random.Next(s_names.Length)];
            Spell(text, name, random);
            Blank(text, random);
            text.Append(':');
            Blank(text, random);
            if (random.Next(3) > 0)
            {
                Spell(text, s_methods[random.Next(s_methods.Length)], random);
            }
            else
            {
                Value(text, random, 3);
            }

            Blank(text, random);
            text.Append(i > 1 ? "," : "");
        }

        text.Append('}');
        Blank(text, random);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Value(StringBuilder text, Random random, int depth)
    {
        switch (random.Next(depth > 0 ? 7 : 5))
        {
            case 0:
                text.Append(random.Next(-5, 100_000).ToString(CultureInfo.InvariantCulture));
                break;
            case 1:
                text.Append("-1.5E+3");
                break;
            case 2:
                text.Append((string[])["true", "false", "null"] is var words ? words[random.Next(3)] : "");
                break;
            case 3:
                Spell(text, "\"method\":\"Browser.close\" \\ / ü 𝄞 */ {", random);
                break;
            case 4:
                Spell(text, s_names[random.Next(s_names.Length)], random);
                break;
            case 5:
                text.Append('[');
                Value(text, random, depth - 1);
                text.Append(',');
                Value(text, random, depth - 1);
                text.Append(']');
                break;
            default:
                text.Append('{');
                Spell(text, s_names[random.Next(s_names.Length)], random);
                text.Append(':');
                Value(text, random, depth - 1);
                text.Append('}');
                break;
        }
    }

    // Any letter may be spelled by its number.
    private static void Spell(StringBuilder text, string value, Random random)
    {
        text.Append('"');
        foreach (char c in value)
        {
            bool mustEscape = c is '"' or '\\';
            if (random.Next(6) == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                text.Append(mustEscape ? "\\" : c == '/' && random.Next(2) == 0 ? "\\" : "").Append(c);
            }
        }

        text.Append('"');
    }

    private static void Blank(StringBuilder text, Random random)
    {
        for (int i = random.Next(4) - 1; i > 0; i--)
        {
            text.Append(" \t\r\n"[random.Next(4)]);
        }
    }
}
