using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Viper.Contracts.Agent;

namespace Viper.Agent.Tests;

/// <summary>Requests to an agent, and what is expected of their answers.</summary>
internal static class AgentCalls
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal static async Task<ExecResult> ExecAsync(this HttpClient client, string script, Func<ExecRequest, ExecRequest>? change = null)
    {
        var request = new ExecRequest { Command = "/bin/sh", Args = ["-c", script], TimeoutSeconds = 240 };
        using var answer = await client.SendJsonAsync(HttpMethod.Post, "/exec", change is null ? request : change(request), AgentJsonContext.Default.ExecRequest);
        return await answer.ReadAsync(HttpStatusCode.OK, AgentJsonContext.Default.ExecResult);
    }

    internal static async Task<GuestProcessInfo> StartAsync(this HttpClient client, string script, TerminalSize? tty = null)
    {
        var request = new ProcessRequest { Command = "/bin/sh", Args = ["-c", script], Tty = tty };
        using var answer = await client.SendJsonAsync(HttpMethod.Post, "/processes", request, AgentJsonContext.Default.ProcessRequest);
        return await answer.ReadAsync(HttpStatusCode.Created, AgentJsonContext.Default.GuestProcessInfo);
    }

    internal static async Task<HttpResponseMessage> SendJsonAsync<T>(this HttpClient client, HttpMethod method, string path, T body, JsonTypeInfo<T> type)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type)) };
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    internal static async Task<HttpResponseMessage> SendAsync(this HttpClient client, HttpMethod method, string path, byte[]? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new ByteArrayContent(body) };
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    internal static async Task<T> ReadAsync<T>(this HttpResponseMessage answer, HttpStatusCode status, JsonTypeInfo<T> type)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(status == answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonSerializer.Deserialize(text, type)!;
    }

    internal static async Task<AgentProblem> ProblemAsync(this HttpResponseMessage answer, int status, string code)
    {
        var problem = await answer.ReadAsync((HttpStatusCode)status, AgentJsonContext.Default.AgentProblem);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal((status, code), (problem.Status, problem.Code));
        return problem;
    }

    /// <summary>Reads events until one has a name, which comes last.</summary>
    internal static async Task<List<(string Name, string Data)>> EventsAsync(this HttpResponseMessage answer, string last)
    {
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel), Encoding.UTF8);
        return await reader.EventsAsync(last);
    }

    internal static async Task<List<(string Name, string Data)>> EventsAsync(this StreamReader reader, string last)
    {
        var events = new List<(string Name, string Data)>();
        var name = "";
        while (await reader.ReadLineAsync(Cancel) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                events.Add((name, line[6..]));
            }
            else if (line.Length == 0 && events.Count > 0 && events[^1].Name == last)
            {
                return events;
            }
        }

        Assert.Fail($"The stream ended without {last}, after {string.Join(' ', events.Select(static e => e.Name))}");
        return events;
    }

    internal static string Text(this IEnumerable<(string Name, string Data)> events, string name) => string.Concat(events
        .Where(e => e.Name == name)
        .Select(e => JsonSerializer.Deserialize(e.Data, AgentJsonContext.Default.ProcessOutputPart)!)
        .Select(part => part.Encoding == OutputEncoding.Utf8 ? part.Data : Encoding.Latin1.GetString(Convert.FromBase64String(part.Data))));
}
