using System.Buffers;
using System.Text.Json;

namespace Viper.Contracts;

/// <summary>Chrome's discovery documents (<c>/json/version</c>, <c>/json/list</c>) as seen from another address.</summary>
/// <remarks>Chrome writes the address at which it was asked itself; a relay has to put its own there. Stateless and thread-safe.</remarks>
public static class DevToolsDiscovery
{
    private const string SocketMember = "webSocketDebuggerUrl";
    private const string FrontendMember = "devtoolsFrontendUrl";
    private const string SocketPath = "/devtools/";
    private const string TicketQuery = "?" + VmTicket.Parameter + "=";

    /// <summary>Copies a discovery document with every <c>webSocketDebuggerUrl</c> moved below <paramref name="socketBase"/> and every <c>devtoolsFrontendUrl</c> left out.</summary>
    /// <param name="document">The JSON that Chrome answered.</param>
    /// <param name="socketBase">What stands before <c>/devtools/…</c>: <c>ws://127.0.0.1:7777/api/v1/vms/a/agent</c>.</param>
    /// <param name="output">Where the new document goes.</param>
    /// <exception cref="JsonException">The document is not JSON.</exception>
    public static void Rewrite(ReadOnlyMemory<byte> document, string socketBase, IBufferWriter<byte> output) =>
        Rewrite(document, socketBase, null, output);

    /// <summary>As the other overload, with a ticket in every address.</summary>
    /// <param name="document">The JSON that Chrome answered.</param>
    /// <param name="socketBase">What stands before <c>/devtools/…</c>.</param>
    /// <param name="ticket">What each address is to show (<see cref="VmTicket"/>); null for none.</param>
    /// <param name="output">Where the new document goes.</param>
    /// <exception cref="JsonException">The document is not JSON.</exception>
    public static void Rewrite(ReadOnlyMemory<byte> document, string socketBase, string? ticket, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(socketBase);
        SocketAddress address = new(socketBase, ticket is null ? "" : TicketQuery + ticket);
        using JsonDocument parsed = JsonDocument.Parse(document);
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        try
        {
            Copy(parsed.RootElement, address, writer);
        }
        catch (InvalidOperationException error)
        {
            // A string that is not Unicode: the guest wrote it, so it counts as a bad document.
            throw new JsonException("The document has text that is not Unicode.", error);
        }
    }

    private static void Copy(JsonElement element, SocketAddress socket, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    CopyMember(member, socket, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Copy(item, socket, writer);
                }

                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static void CopyMember(JsonProperty member, SocketAddress socket, Utf8JsonWriter writer)
    {
        if (member.NameEquals(FrontendMember))
        {
            return;
        }

        if (!member.NameEquals(SocketMember))
        {
            writer.WritePropertyName(member.Name);
            Copy(member.Value, socket, writer);
            return;
        }

        string? path = member.Value.ValueKind == JsonValueKind.String ? PathOf(member.Value.GetString()!) : null;
        if (path is not null)
        {
            writer.WriteString(SocketMember, socket.Base + path + socket.Query);
        }
    }

    // The guest chooses this text, so only what a target's path can look like is carried over.
    private static string? PathOf(string address)
    {
        int at = address.IndexOf(SocketPath, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        // The daemon's own documents may show a ticket, which is for its own addresses alone.
        int query = address.IndexOf(TicketQuery, at, StringComparison.Ordinal);
        string path = query < 0 ? address[at..] : address[at..query];
        foreach (char c in path)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('/' or '-' or '_'))
            {
                return null;
            }
        }

        return path;
    }

    private readonly record struct SocketAddress(string Base, string Query);
}
