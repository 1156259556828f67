using System.Text;
using System.Text.Json;

namespace Viper.Agent.Tests;

/// <summary>What is done to pages, by Debian's chromium-headless-shell.</summary>
public sealed class PageActionTests
{
    [Fact]
    public async Task Pages_OpenedActivatedClosed_AreListedAndNamedByPaths()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();

        Assert.Empty((await AskAsync(agent, "GET", "/pages", 200)).GetProperty("pages").EnumerateArray());
        var first = (await AskAsync(agent, "POST", "/pages", 201)).GetProperty("id").GetString();
        var made = await AskAsync(agent, "POST", "/pages", 201, $$"""{"url":"{{site.Url("/")}}"}""");
        var second = made.GetProperty("id").GetString();
        Assert.Equal((site.Url("/"), "sum 42"), (made.GetProperty("url").GetString(), made.GetProperty("title").GetString()));

        await AskAsync(agent, "POST", $"/pages/{first}/navigate", 200, $$"""{"url":"{{site.Url("/tall")}}"}""");
        Assert.Equal("tall", (await EvaluateAsync(agent, "document.title", $"/pages/{first}")).GetString());
        Assert.Equal("sum 42", (await EvaluateAsync(agent, "document.title", $"/pages/{second}")).GetString());
        foreach (var page in (string?[])[first, second])
        {
            Assert.True((await AskAsync(agent, "POST", $"/pages/{page}/activate", 200)).GetProperty("active").GetBoolean());
            Assert.Equal(page, (await AskAsync(agent, "POST", "/evaluate", 200, """{"expression":"1"}""")).GetProperty("page").GetProperty("id").GetString());
        }

        Assert.StartsWith("HTTP/1.1 204 No Content\r\nCache-Control", await agent.AskAsync("DELETE", $"/pages/{second}"), StringComparison.Ordinal);
        Assert.Equal("page_not_found", (await AskAsync(agent, "GET", $"/pages/{second}", 404)).GetProperty("code").GetString());
        Assert.Equal("page_not_found", (await AskAsync(agent, "POST", $"/pages/{second}/evaluate", 404, """{"expression":"1"}""")).GetProperty("code").GetString());
        Assert.Equal(first, Assert.Single((await AskAsync(agent, "GET", "/pages", 200)).GetProperty("pages").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Pages_AddressThatFails_LeavesNoPage()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();

        var failed = await AskAsync(agent, "POST", "/pages", 502, """{"url":"http://127.0.0.1:1/"}""");

        Assert.Equal("navigation_failed", failed.GetProperty("code").GetString());
        Assert.Empty((await AskAsync(agent, "GET", "/pages", 200)).GetProperty("pages").EnumerateArray());
    }

    [Theory]
    [InlineData("POST", "/pages/a/b", 404)]
    [InlineData("GET", "/pages/a/activate", 405)]
    [InlineData("PUT", "/pages", 405)]
    [InlineData("POST", "/pages/a", 405)]
    [InlineData("GET", "/evaluate", 405)]
    [InlineData("DELETE", "/pages/unknown", 404)]
    [InlineData("POST", "/pages/../status", 404)]
    public async Task Paths_OfNothing_AreRefused(string method, string path, int status)
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();

        await AskAsync(agent, method, path, status);
    }

    [Fact]
    public async Task History_BackForwardReload_GoThere()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();
        await AskAsync(agent, "POST", "/navigate", 200, $$"""{"url":"{{site.Url("/")}}"}""");
        await AskAsync(agent, "POST", "/navigate", 200, $$"""{"url":"{{site.Url("/tall")}}"}""");
        await AskAsync(agent, "POST", "/navigate", 200, $$"""{"url":"{{site.Url("/tall#part")}}"}""");

        Assert.Equal((site.Url("/tall"), false), await GoAsync(agent, "/back"));
        Assert.Equal((site.Url("/"), true), await GoAsync(agent, "/back"));
        Assert.Equal((site.Url("/tall"), true), await GoAsync(agent, "/forward"));
        await EvaluateAsync(agent, "document.title = 'changed'");
        Assert.Equal((site.Url("/tall"), true), await GoAsync(agent, "/reload"));
        Assert.Equal("tall", (await EvaluateAsync(agent, "document.title")).GetString());
        Assert.Equal((site.Url("/tall#part"), false), await GoAsync(agent, "/forward"));
        Assert.Equal((site.Url("/tall#part"), false), await GoAsync(agent, "/forward"));
    }

    [Fact]
    public async Task Reload_ThatNeverEnds_IsTypedAndThePageStaysUsable()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();
        await AskAsync(agent, "POST", "/navigate", 200, $$"""{"url":"{{site.Url("/once")}}"}""");

        var slow = await AskAsync(agent, "POST", "/reload", 504, """{"timeout_ms":1500}""");

        Assert.Equal("navigation_timeout", slow.GetProperty("code").GetString());
        Assert.Equal("once", (await EvaluateAsync(agent, "document.title")).GetString());
    }

    [Theory]
    [InlineData("""{"expression":"1 + 1"}""", "2", "number", null)]
    [InlineData("""{"expression":"undefined"}""", "null", "undefined", null)]
    [InlineData("""{"expression":"null"}""", "null", "object", null)]
    [InlineData("""{"expression":"0/0"}""", "null", "number", "NaN")]
    [InlineData("""{"expression":"12n"}""", "null", "bigint", "12n")]
    [InlineData("""{"expression":"Promise.resolve([1, {a: 'b'}])"}""", """[1,{"a":"b"}]""", "object", null)]
    [InlineData("""{"function":"(a, b) => a.x + b // sum","args":[{"x":2},3]}""", "5", "number", null)]
    [InlineData("""{"function":"async () => document.readyState","world":"isolated"}""", "\"complete\"", "string", null)]
    [InlineData("""{"expression":"Promise.resolve(1)","await_promise":false}""", "{}", "object", null)]
    public async Task Evaluate_EveryKindOfValue_IsThat(string body, string value, string type, string? unserializable)
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();

        var result = (await AskAsync(agent, "POST", "/evaluate", 200, body)).GetProperty("result");

        Assert.Equal((value, type), (result.GetProperty("value").GetRawText(), result.GetProperty("type").GetString()));
        Assert.Equal(unserializable, result.TryGetProperty("unserializable", out var text) ? text.GetString() : null);
    }

    [Fact]
    public async Task Evaluate_IsolatedWorld_SeesTheDocumentAndNotThePagesVariables()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await EvaluateAsync(agent, "document.querySelector = () => 'deceived', window.secret = 1, document.title = 'here'");

        var seen = await AskAsync(
            agent, "POST", "/evaluate", 200, """{"expression":"[typeof secret, document.querySelector('title').textContent]","world":"isolated"}""");

        Assert.Equal("""["undefined","here"]""", seen.GetProperty("result").GetProperty("value").GetRawText());
    }

    [Theory]
    [InlineData("""{"expression":"missing.name"}""", 422, "script_exception")]
    [InlineData("""{"expression":"("}""", 422, "script_exception")]
    [InlineData("""{"function":"async () => { throw new TypeError('no') }"}""", 422, "script_exception")]
    [InlineData("""{"expression":"new Promise(() => {})","timeout_ms":800}""", 504, "action_timeout")]
    [InlineData("""{"expression":"while (true);","timeout_ms":800}""", 504, "action_timeout")]
    [InlineData("{}", 400, "validation_failed")]
    [InlineData("""{"expression":"1","function":"() => 1"}""", 400, "validation_failed")]
    [InlineData("""{"expression":"1","args":[1]}""", 400, "validation_failed")]
    [InlineData("""{"expression":"1","world":"other"}""", 400, "validation_failed")]
    [InlineData("""{"expression":"1","unknown":1}""", 400, "validation_failed")]
    public async Task Evaluate_WhatFails_IsTypedAndTheBrowserStaysUsable(string body, int status, string code)
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();

        var failed = await AskAsync(agent, "POST", "/evaluate", status, body);

        Assert.Equal(code, failed.GetProperty("code").GetString());
        if (code == "script_exception")
        {
            Assert.NotEmpty(failed.GetProperty("exception").GetProperty("message").GetString()!);
        }

        await AskAsync(agent, "POST", "/pages", 201);
    }

    [Fact]
    public async Task Content_EachForm_IsWhatThePageHolds()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();
        await AskAsync(agent, "POST", "/navigate", 200, $$"""{"url":"{{site.Url("/article")}}"}""");

        var html = await RawAsync(agent, "/content", "text/html; charset=utf-8");
        Assert.StartsWith("<!DOCTYPE html>\n<html", html, StringComparison.Ordinal);
        Assert.Contains("<h1>Grüße &amp; more</h1>", html, StringComparison.Ordinal);
        Assert.Equal("<li>one</li>", await RawAsync(agent, "/content?selector=li", "text/html; charset=utf-8"));
        var text = await RawAsync(agent, "/text", "text/plain; charset=utf-8");
        Assert.Contains("Grüße & more", text, StringComparison.Ordinal);
        Assert.DoesNotContain("unseen", text, StringComparison.Ordinal);
        Assert.Equal("one", await RawAsync(agent, "/text?selector=li", "text/plain; charset=utf-8"));
        Assert.Equal(
            $"""
            # Grüße & more

            A *fine* **text** with `code` and a [link]({site.Url("/")}), 2\* 3.

            - one
            - two
              1. inner
              2. more

            > said

            ```
            a  b
              c
            ```

            | x | y |
            | --- | --- |
            | 1 | 2\| |

            in the shadow
            """.ReplaceLineEndings("\n"),
            await RawAsync(agent, "/content?format=markdown", "text/markdown; charset=utf-8"));
        Assert.Equal(text, await RawAsync(agent, "/content", "text/plain; charset=utf-8", "Accept: text/plain\r\n"));
        var json = Json(await agent.AskAsync("GET", "/text", headers: "Accept: application/json\r\n")).GetProperty("result");
        Assert.Equal(("text", text), (json.GetProperty("format").GetString(), json.GetProperty("content").GetString()));
    }

    [Theory]
    [InlineData("/content?format=other", 400, "validation_failed")]
    [InlineData("/content?selector=%23none", 404, "element_not_found")]
    [InlineData("/text?selector=%5B", 422, "invalid_selector")]
    [InlineData("/pdf?scale=3", 400, "validation_failed")]
    [InlineData("/pdf?page_ranges=9-12", 502, "browser_error")]
    public async Task Get_WrongQuery_IsTyped(string target, int status, string code)
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();

        Assert.Equal(code, (await AskAsync(agent, "GET", target, status)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Pdf_OfAPage_IsOneOfThatSize()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();
        await AskAsync(agent, "POST", "/navigate", 200, $$"""{"url":"{{site.Url("/article")}}"}""");

        var pdf = await RawAsync(agent, "/pdf?paper_width=4&paper_height=6&print_background=true", "application/pdf");

        Assert.StartsWith("%PDF-1.", pdf, StringComparison.Ordinal);
        Assert.Contains("/MediaBox [0 0 288 432]", pdf, StringComparison.Ordinal);
        Assert.Contains("%%EOF", pdf[^16..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"selector":"#late"}""", "selector")]
    [InlineData("""{"selector":"#early","state":"hidden"}""", "selector")]
    [InlineData("""{"selector":"#early","state":"detached"}""", "selector")]
    [InlineData("""{"selector":"#late","state":"attached"}""", "selector")]
    [InlineData("""{"text":"has come"}""", "text")]
    [InlineData("""{"text_gone":"still here"}""", "text_gone")]
    [InlineData("""{"url":"http://*/*#come"}""", "url")]
    [InlineData("""{"url":"**#come"}""", "url")]
    [InlineData("""{"function":"() => window.done"}""", "function")]
    [InlineData("""{"function":"window.done"}""", "function")]
    [InlineData("""{"network_idle":true}""", "network_idle")]
    [InlineData("""{"load_state":"load"}""", "load_state")]
    [InlineData("""{"time_ms":1}""", "time_ms")]
    public async Task Wait_ForEachThing_EndsWhenItComes(string body, string waited)
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();
        await AskAsync(agent, "POST", "/navigate", 200, $$"""{"url":"{{site.Url("/late")}}","wait_until":"commit"}""");

        var answer = await AskAsync(agent, "POST", "/wait", 200, body);

        Assert.Equal(waited, answer.GetProperty("result").GetProperty("waited").GetString());
        if (waited is not ("network_idle" or "load_state" or "time_ms"))
        {
            Assert.True((await EvaluateAsync(agent, "window.done")).GetBoolean());
        }
    }

    [Theory]
    [InlineData("""{"selector":"#never","timeout_ms":300}""", 504, "action_timeout")]
    [InlineData("""{"function":"() => { throw 1 }"}""", 422, "script_exception")]
    [InlineData("""{"selector":"["}""", 422, "invalid_selector")]
    [InlineData("{}", 400, "validation_failed")]
    [InlineData("""{"text":"a","url":"b"}""", 400, "validation_failed")]
    [InlineData("""{"state":"visible","time_ms":1}""", 400, "validation_failed")]
    [InlineData("""{"time_ms":-1}""", 400, "validation_failed")]
    [InlineData("""{"network_idle":false}""", 400, "validation_failed")]
    public async Task Wait_WhatFails_IsTyped(string body, int status, string code)
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();

        Assert.Equal(code, (await AskAsync(agent, "POST", "/wait", status, body)).GetProperty("code").GetString());
    }

    private static async Task<JsonElement> EvaluateAsync(AgentHarness agent, string expression, string page = "") =>
        (await AskAsync(agent, "POST", page + "/evaluate", 200, $$"""{"expression":"{{JsonEncodedText.Encode(expression)}}"}""")).GetProperty("result").GetProperty("value");

    private static async Task<(string? Url, bool Navigated)> GoAsync(AgentHarness agent, string path)
    {
        var result = (await AskAsync(agent, "POST", path, 200)).GetProperty("result");
        return (result.GetProperty("url").GetString(), result.GetProperty("navigated").GetBoolean());
    }

    private static async Task<JsonElement> AskAsync(AgentHarness agent, string method, string target, int status, string body = "")
    {
        var answer = await agent.AskAsync(method, target, body);
        Assert.True(answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{method} {target} {body} gave {answer}");
        return Json(answer);
    }

    private static async Task<string> RawAsync(AgentHarness agent, string target, string type, string headers = "")
    {
        var answer = await agent.AskAsync("GET", target, headers: headers);
        Assert.Contains($"Content-Type: {type}\r\n", answer, StringComparison.Ordinal);
        return Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(HttpServerTests.Body(answer)));
    }

    private static JsonElement Json(string answer)
    {
        // The harness reads bytes as they are.
        using var document = JsonDocument.Parse(Encoding.Latin1.GetBytes(HttpServerTests.Body(answer)));
        return document.RootElement.Clone();
    }
}
