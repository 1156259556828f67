using System.Buffers;
using System.Text.Json;
using Viper.Contracts.Agent;

namespace Viper.Daemon.Relay;

/// <summary>Keeps a client from ending the browser under others, from making holes in it, and from naming folders that are not its own.</summary>
internal sealed class GuestCommandPolicy : ICommandPolicy
{
    private static readonly string[] s_fileFolders = [GuestPlaces.Downloads + "/", GuestPlaces.Uploads + "/"];

    public bool Guards(ReadOnlySpan<byte> method) => method.Length switch
    {
        13 => method.SequenceEqual("Browser.close"u8) || method.SequenceEqual("Browser.crash"u8),
        21 => method.SequenceEqual("DOM.setFileInputFiles"u8),
        23 => method.SequenceEqual("Extensions.loadUnpacked"u8) || method.SequenceEqual("Browser.crashGpuProcess"u8) || method.SequenceEqual("Input.dispatchDragEvent"u8),
        24 => method.SequenceEqual("Page.setDownloadBehavior"u8),
        27 => method.SequenceEqual("Browser.setDownloadBehavior"u8),
        29 => method.SequenceEqual("Target.exposeDevToolsProtocol"u8),
        _ => false,
    };

    public CommandVerdict Judge(CdpCommand command) => command.Method switch
    {
        "Browser.close" => new CommandVerdict.Leave(),
        "Browser.crash" or "Browser.crashGpuProcess" => new CommandVerdict.Refuse($"{command.Method} is not for clients of Viper: others may use this browser. Stop or restart the VM."),
        "Target.exposeDevToolsProtocol" => new CommandVerdict.Refuse("Target.exposeDevToolsProtocol is not for clients of Viper: it would let pages drive their browser."),
        "Extensions.loadUnpacked" => new CommandVerdict.Refuse("Extensions.loadUnpacked is not for clients of Viper: it names a folder of the guest. Name extensions when the VM is created."),
        "Browser.setDownloadBehavior" or "Page.setDownloadBehavior" => WithDownloads(command),
        "DOM.setFileInputFiles" => JudgeFiles(command, command.Parameters, "files"),
        "Input.dispatchDragEvent" => JudgeFiles(command, Member(command.Parameters, "data"), "files"),
        _ => CommandVerdict.Pass.Instance,
    };

    // The client's own folder is one of its machine, which the guest does not have.
    private static CommandVerdict WithDownloads(CdpCommand command)
    {
        if (Member(command.Parameters, "downloadPath").ValueKind != JsonValueKind.String)
        {
            return CommandVerdict.Pass.Instance;
        }

        ArrayBufferWriter<byte> message = new();
        using (Utf8JsonWriter writer = new(message))
        {
            writer.WriteStartObject();
            if (command.Id is { } id)
            {
                writer.WriteNumber("id", id);
            }

            writer.WriteString("method", command.Method);
            if (command.SessionId is not null)
            {
                writer.WriteString("sessionId", command.SessionId);
            }

            writer.WriteStartObject("params");
            foreach (JsonProperty member in command.Parameters.EnumerateObject().Where(static member => !member.NameEquals("downloadPath")))
            {
                member.WriteTo(writer);
            }

            writer.WriteString("downloadPath", GuestPlaces.Downloads);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new CommandVerdict.Replace(message.WrittenMemory);
    }

    private static CommandVerdict JudgeFiles(CdpCommand command, JsonElement holder, string member)
    {
        JsonElement files = Member(holder, member);
        if (files.ValueKind != JsonValueKind.Array)
        {
            return CommandVerdict.Pass.Instance;
        }

        string? foreign = files.EnumerateArray().Where(static file => file.ValueKind == JsonValueKind.String).Select(static file => file.GetString()!)
            .FirstOrDefault(static file => !IsInside(file));
        return foreign is null
            ? CommandVerdict.Pass.Instance
            : new CommandVerdict.Refuse($"{command.Method}: '{foreign}' is not a file of {GuestPlaces.Uploads} or {GuestPlaces.Downloads}, the folders of the guest that pages may be given files from.");
    }

    private static bool IsInside(string file) =>
        Array.Exists(s_fileFolders, folder => file.StartsWith(folder, StringComparison.Ordinal)) && !file.Split('/').Contains("..");

    private static JsonElement Member(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out JsonElement found) ? found : default;
}
