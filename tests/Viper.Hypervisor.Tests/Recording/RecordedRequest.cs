using System.Globalization;
using System.Text;

namespace Viper.Hypervisor.Tests.Recording;

/// <summary>The bytes of a recorded request.</summary>
/// <remarks>
/// The recording keeps method, target and body. Where a case is about something else (a header, a version, the length), its name
/// says what, and the rules here make it so.
/// </remarks>
public static class RecordedRequest
{
    private const int LargestBody = 51_200;

    /// <summary>The head, and the body that follows it.</summary>
    public static (byte[] Head, byte[] Body) Bytes(Exchange exchange, RecordedPlaces places)
    {
        byte[] body = Encoding.UTF8.GetBytes(places.Here(BodyOf(exchange)));
        StringBuilder head = new();
        string version = exchange.Case is "HTTP/1.0 request" ? "HTTP/1.0" : exchange.Case is "HTTP/2.0 version" ? "HTTP/2.0" : "HTTP/1.1";
        Line($"{exchange.Method} {exchange.Target} {version}");
        if (exchange.Case != "no Host header")
        {
            Line("Host: localhost");
        }

        foreach (string header in Headers(exchange, body.Length))
        {
            Line(header);
        }

        Line("");
        return (Encoding.ASCII.GetBytes(head.ToString()), body);

        void Line(string text) => head.Append(text).Append("\r\n");
    }

    // What the recorded form of a body has lost.
    private static string BodyOf(Exchange exchange) => exchange.Case switch
    {
        "body of 51200 bytes" => Padded(LargestBody),
        "body of 51201 bytes" => Padded(LargestBody + 1),
        "vm.create: duplicate JSON key" => """{"payload":{"kernel":"/srv/guest/vmlinux"},"payload":{"kernel":"b"}}""",
        "Expect: 100-continue (headers first, then the body)" => """{"desired_vcpus":1}""",
        "PUT vm.resize, Transfer-Encoding: chunked" => exchange.Body!.Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n\r\n",
        _ => exchange.Body ?? "",
    };

    private static string Padded(int length)
    {
        const string Start = "{\"desired_vcpus\":1";
        return Start.PadRight(length - 1) + "}";
    }

    private static IEnumerable<string> Headers(Exchange exchange, int length)
    {
        const string Content = "Content-Type: ";
        string name = exchange.Case;
        int type = name.IndexOf(Content, StringComparison.Ordinal);
        if (type >= 0)
        {
            yield return name[type..];
        }
        else if (length > 0 && !name.EndsWith("no Content-Type", StringComparison.Ordinal))
        {
            yield return Content + "application/json";
        }

        if (name.StartsWith("Accept", StringComparison.Ordinal) || name == "Connection: close")
        {
            yield return name;
        }

        switch (name)
        {
            case "unknown header X-Foo, User-Agent, traceparent":
                yield return "X-Foo: 1";
                yield return "User-Agent: test";
                yield return "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
                break;
            case "Expect: 100-continue (headers first, then the body)":
                yield return "Expect: 100-continue";
                break;
            default:
                break;
        }

        if (name.EndsWith("Transfer-Encoding: chunked", StringComparison.Ordinal))
        {
            yield return "Transfer-Encoding: chunked";
        }
        else if (name == "bad Content-Length")
        {
            yield return "Content-Length: abc";
        }
        else if (length > 0 || name.EndsWith("Content-Length: 0", StringComparison.Ordinal) || name == "vm.create: empty string body")
        {
            int counted = exchange.Body?.EndsWith("EXTRA", StringComparison.Ordinal) ?? false ? length - "EXTRA".Length : length;
            yield return string.Create(CultureInfo.InvariantCulture, $"Content-Length: {counted}");
        }
    }
}
