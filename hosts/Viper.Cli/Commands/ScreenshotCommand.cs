using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using Viper.Cli.Interop;
using Viper.Client;
using Viper.Contracts;

namespace Viper.Cli.Commands;

/// <summary><c>viper screenshot VM URL -o FILE</c>: opens a page in a VM's browser and keeps what it looks like.</summary>
internal static class ScreenshotCommand
{
    internal static Command Make(CliContext context)
    {
        Argument<string> vm = new("VM") { Description = "The VM's name." };
        Argument<string> url = new("URL") { Description = "The page to open." };
        Option<string?> output = new("--output", "-o") { Description = "Where to put the image; - for standard output (VM.TYPE).", HelpName = "FILE" };
        Option<bool> fullPage = new("--full-page") { Description = "The whole page, not only what fits the window." };
        Option<string> type = new("--type") { Description = "png, jpeg or webp (png, or as the file's name ends).", HelpName = "TYPE" };
        type.AcceptOnlyFromAmong("png", "jpeg", "webp");
        Option<string> waitUntil = new("--wait-until") { Description = "load, domcontentloaded, networkidle or commit (load).", DefaultValueFactory = _ => "load", HelpName = "STATE" };
        waitUntil.AcceptOnlyFromAmong("load", "domcontentloaded", "networkidle", "commit");
        Option<int> timeout = new("--timeout") { Description = "How many seconds the page may take (60).", DefaultValueFactory = _ => 60, HelpName = "SECONDS" };
        Command command = new("screenshot", "Open a page in a VM's browser and save what it looks like.") { vm, url, output, fullPage, type, waitUntil, timeout };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string format = parsed.GetValue(type) ?? TypeOf(parsed.GetValue(output));
            string file = parsed.GetValue(output) ?? $"{parsed.GetRequiredValue(vm)}.{format}";
            using ViperClient client = context.Connect(parsed);
            NavigateRequest page = new(Address(parsed.GetRequiredValue(url)), parsed.GetRequiredValue(waitUntil), checked(parsed.GetValue(timeout) * 1000));
            await NavigateAsync(client, parsed.GetRequiredValue(vm), page, cancellationToken);
            string query = $"/screenshot?type={format}&full_page={(parsed.GetValue(fullPage) ? "true" : "false")}";
            using HttpResponseMessage image = await client.SendToAgentAsync(parsed.GetRequiredValue(vm), HttpMethod.Get, query, null, cancellationToken);
            long bytes = await SaveAsync(image, file, cancellationToken);
            Report(context, parsed, file, bytes, image.Content.Headers.ContentType?.MediaType ?? "image/" + format);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task NavigateAsync(ViperClient client, string vm, NavigateRequest page, CancellationToken cancellationToken)
    {
        using ByteArrayContent body = new(JsonSerializer.SerializeToUtf8Bytes(page, CliJson.Default.NavigateRequest));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage answer = await client.SendToAgentAsync(vm, HttpMethod.Post, "/navigate", body, cancellationToken);
    }

    // Beside the target and then moved: a file that is there is whole.
    private static async Task<long> SaveAsync(HttpResponseMessage image, string file, CancellationToken cancellationToken)
    {
        await using Stream source = await image.Content.ReadAsStreamAsync(cancellationToken);
        if (file == "-")
        {
            await using Stream output = Console.OpenStandardOutput();
            await source.CopyToAsync(output, cancellationToken);
            return 0;
        }

        string target = Path.GetFullPath(file);
        if (Libc.IsSpecialFile(target))
        {
            await using FileStream device = new(target, FileMode.Open, FileAccess.Write);
            await source.CopyToAsync(device, cancellationToken);
            return 0;
        }

        string aside = $"{target}.{Path.GetRandomFileName()}.part";
        try
        {
            long bytes;
            await using (FileStream part = new(aside, FileMode.Create, FileAccess.Write))
            {
                await source.CopyToAsync(part, cancellationToken);
                bytes = part.Length;
            }

            File.Move(aside, target, overwrite: true);
            return bytes;
        }
        catch (HttpIOException error)
        {
            throw new ProblemException(Problem.Create(502, ProblemCodes.AgentUnreachable, $"The connection broke before the whole screenshot had come: {error.Message}"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // In the caller's words, who knows nothing of the file beside it.
            throw new IOException($"The screenshot could not be written to '{file}': {error.Message.Replace(aside, target, StringComparison.Ordinal)}", error);
        }
        finally
        {
            if (File.Exists(aside))
            {
                File.Delete(aside);
            }
        }
    }

    private static void Report(CliContext context, ParseResult parsed, string file, long bytes, string mime)
    {
        if (file == "-")
        {
            return;
        }

        if (context.WantsJson(parsed))
        {
            context.PrintJson(new ScreenshotInfo(Path.GetFullPath(file), bytes, mime), CliJson.Default.ScreenshotInfo);
        }
        else
        {
            context.Output.WriteLine($"{file}  {bytes} bytes");
        }
    }

    private static string TypeOf(string? file) => Path.GetExtension(file)?.ToLowerInvariant() switch
    {
        ".jpg" or ".jpeg" => "jpeg",
        ".webp" => "webp",
        _ => "png",
    };

    // As in a browser's address line: a bare host is a web page.
    private static string Address(string text) =>
        text.Contains("://", StringComparison.Ordinal) || text.StartsWith("about:", StringComparison.Ordinal) || text.StartsWith("data:", StringComparison.Ordinal)
            ? text
            : "http://" + text;
}
