using System.Text;
using System.Text.Json;

namespace Viper.Agent.Tests;

/// <summary>What a person does to elements, by Debian's chromium-headless-shell.</summary>
public sealed class ElementActionTests
{
    [Theory]
    [InlineData("/click", """{"target":"#go"}""", "button#go \"Go\"", "over go:1:0")]
    [InlineData("/click", """{"target":"text=go"}""", "button#go \"Go\"", "over go:1:0")]
    [InlineData("/click", """{"target":"#go","double_click":true}""", "button#go \"Go\"", "over go:1:0 go:2:0")]
    [InlineData("/click", """{"target":"#go","button":"middle","modifiers":["shift","control"]}""", "button#go \"Go\"", "over aux:1:shift:control")]
    [InlineData("/click", """{"target":"#inner"}""", "button#inner \"In the shadow\"", "inner")]
    [InlineData("/click", """{"target":"#far"}""", "button#far \"Far\"", "far")]
    [InlineData("/click", """{"target":"#late"}""", "button#late \"Late\"", "late")]
    [InlineData("/click", """{"target":"#moves"}""", "button#moves \"Moves\"", "moves")]
    [InlineData("/click", """{"target":"#soon"}""", "button#soon \"Soon\"", "soon")]
    [InlineData("/hover", """{"target":"#go"}""", "button#go \"Go\"", "over")]
    [InlineData("/focus", """{"target":"#name"}""", "input#name", "focus")]
    [InlineData("/type", """{"target":"#name","text":" A\u00df!1"}""", "input#name", "focus name=old Aß!1")]
    [InlineData("/fill", """{"target":"#name","text":"new \u00fc"}""", "input#name", "focus name=new ü")]
    [InlineData("/fill", """{"target":"#name","text":""}""", "input#name", "focus name=")]
    [InlineData("/fill", """{"target":"#name","text":"x","submit":true}""", "input#name", "focus name=x submit")]
    [InlineData("/fill", """{"target":"#day","text":"2026-11-21"}""", "input#day", "day=2026-11-21")]
    [InlineData("/fill", """{"target":"#free","text":"two"}""", "div#free \"one\"", "free=two")]
    [InlineData("/press", """{"target":"#name","key":"Enter"}""", "input#name", "focus submit")]
    [InlineData("/press", """{"target":"#name","key":"Control+a"}""", "input#name", "focus selected=old")]
    [InlineData("/select", """{"target":"#kind","values":["b"]}""", "select#kind \"First one Second one Third one\"", "kind=b")]
    [InlineData("/select", """{"target":"#kind","values":["Third one"]}""", "select#kind \"First one Second one Third one\"", "kind=c")]
    [InlineData("/check", """{"target":"#box"}""", "input#box", "box=true")]
    [InlineData("/check", """{"target":"#box","checked":false}""", "input#box", "")]
    public async Task Act_OnAnElement_DoesIt(string path, string body, string element, string log)
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();
        await OpenAsync(agent, site);

        var result = (await AskAsync(agent, path, body, 200)).GetProperty("result");

        Assert.Equal(element, result.GetProperty("element").GetString());
        Assert.False(result.GetProperty("navigated").GetBoolean());
        Assert.Equal(log, await LogAsync(agent));
    }

    [Fact]
    public async Task Click_WhatItSetsOff_IsTold()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();
        await OpenAsync(agent, site);

        var asked = (await AskAsync(agent, "/click", """{"target":"#ask"}""", 200)).GetProperty("result");
        var dialog = Assert.Single(asked.GetProperty("dialogs").EnumerateArray());
        Assert.Equal(("confirm", "Sure?"), (dialog.GetProperty("type").GetString(), dialog.GetProperty("message").GetString()));
        Assert.Equal("asked=false", await LogAsync(agent));

        var opened = (await AskAsync(agent, "/click", """{"target":"#open"}""", 200)).GetProperty("result");
        var page = Assert.Single(opened.GetProperty("pages").EnumerateArray()).GetString();
        await AskAsync(agent, $"/pages/{page}/wait", """{"function":"document.title === 'tall'"}""", 200);
        Assert.StartsWith("HTTP/1.1 204 ", await agent.AskAsync("DELETE", $"/pages/{page}"), StringComparison.Ordinal);

        var step = await AskAsync(agent, "/click", """{"target":"#step"}""", 200);
        Assert.True(step.GetProperty("result").GetProperty("navigated").GetBoolean());
        Assert.Equal(site.Url("/controls#there"), step.GetProperty("page").GetProperty("url").GetString());

        var left = await AskAsync(agent, "/click", """{"target":"#leave"}""", 200);
        Assert.True(left.GetProperty("result").GetProperty("navigated").GetBoolean());
        Assert.Equal(site.Url("/tall"), left.GetProperty("page").GetProperty("url").GetString());
    }

    [Fact]
    public async Task Click_APlace_HitsWhatIsThere()
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();
        await OpenAsync(agent, site);
        var place = await AskAsync(agent, "/evaluate", """{"expression":"[go.getBoundingClientRect().x + 5, go.getBoundingClientRect().y + 5]"}""", 200);
        var at = place.GetProperty("result").GetProperty("value");

        await AskAsync(agent, "/click", $$"""{"x":{{at[0].GetRawText()}},"y":{{at[1].GetRawText()}}}""", 200);

        Assert.Equal("over go:1:0", await LogAsync(agent));
    }

    [Theory]
    [InlineData("/click", """{"target":"#none","timeout_ms":2000}""", 504, "action_timeout", "no such element")]
    [InlineData("/click", """{"target":"#unseen","timeout_ms":2000}""", 504, "action_timeout", "not visible")]
    [InlineData("/click", """{"target":"#off","timeout_ms":2000}""", 504, "action_timeout", "disabled")]
    [InlineData("/click", """{"target":"#under","timeout_ms":2000}""", 504, "action_timeout", "covered by div#over")]
    [InlineData("/click", """{"target":"#restless","timeout_ms":2000}""", 504, "action_timeout", "rest")]
    [InlineData("/fill", """{"target":"#fixed","text":"x","timeout_ms":2000}""", 504, "action_timeout", "read-only")]
    [InlineData("/fill", """{"target":"#go","text":"x","timeout_ms":2000}""", 504, "action_timeout", "takes no text")]
    [InlineData("/fill", """{"target":"#day","text":"tomorrow"}""", 422, "validation_failed", "date")]
    [InlineData("/select", """{"target":"#kind","values":["z"]}""", 422, "validation_failed", "no option 'z'")]
    [InlineData("/select", """{"target":"#kind","values":["a","b"]}""", 422, "validation_failed", "one value")]
    [InlineData("/check", """{"target":"#go"}""", 422, "validation_failed", "neither")]
    [InlineData("/click", """{"target":"["}""", 422, "invalid_selector", "selector")]
    [InlineData("/click", "{}", 400, "validation_failed", "target or x and y")]
    [InlineData("/click", """{"x":1}""", 400, "validation_failed", "both")]
    [InlineData("/click", """{"target":"a","x":1,"y":1}""", 400, "validation_failed", "Either")]
    [InlineData("/click", """{"target":"a","text":"b"}""", 400, "validation_failed", "no use")]
    [InlineData("/press", """{"key":"Hyper+x"}""", 400, "validation_failed", "no key")]
    [InlineData("/press", "{}", 400, "validation_failed", "missing")]
    [InlineData("/type", """{"target":"a"}""", 400, "validation_failed", "text is missing")]
    [InlineData("/select", """{"target":"a"}""", 400, "validation_failed", "values is missing")]
    [InlineData("/focus", """{"target":""}""", 400, "validation_failed", "empty")]
    public async Task Act_WhatCannotBe_SaysWhyAndChangesNothing(string path, string body, int status, string code, string why)
    {
        await using var agent = await AgentHarness.WithRealChrome().ReadyAsync();
        await using var site = new TestSite();
        await OpenAsync(agent, site);

        var problem = await AskAsync(agent, path, body, status);

        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Contains(why, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(string.Empty, await LogAsync(agent));
    }

    [Theory]
    [InlineData("a", "a", "KeyA", 65, "a", 0)]
    [InlineData("A", "A", "KeyA", 65, "A", 8)]
    [InlineData("!", "!", "Digit1", 49, "!", 8)]
    [InlineData("?", "?", "Slash", 191, "?", 8)]
    [InlineData("+", "+", "Equal", 187, "+", 8)]
    [InlineData("Control++", "+", "Equal", 187, null, 10)]
    [InlineData("enter", "Enter", "Enter", 13, "\r", 0)]
    [InlineData("Space", " ", "Space", 32, " ", 0)]
    [InlineData("F12", "F12", "F12", 123, null, 0)]
    [InlineData("Control+Shift+ArrowLeft", "ArrowLeft", "ArrowLeft", 37, null, 10)]
    public void KeyStroke_Text_IsThatKey(string text, string key, string code, int virtualKey, string? typed, int modifiers)
    {
        Assert.True(Actions.KeyStroke.TryParse(text, out var stroke));
        Assert.Equal(new Actions.KeyStroke(key, code, virtualKey, typed, modifiers), stroke);
    }

    private static async Task OpenAsync(AgentHarness agent, TestSite site) =>
        await AskAsync(agent, "/navigate", $$"""{"url":"{{site.Url("/controls")}}"}""", 200);

    // What the page's handlers wrote down since the last time.
    private static async Task<string?> LogAsync(AgentHarness agent) =>
        (await AskAsync(agent, "/evaluate", """{"expression":"log.splice(0).join(' ')"}""", 200)).GetProperty("result").GetProperty("value").GetString();

    private static async Task<JsonElement> AskAsync(AgentHarness agent, string target, string body, int status)
    {
        var answer = await agent.AskAsync("POST", target, body);
        Assert.True(answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{target} {body} gave {answer}");
        using var document = JsonDocument.Parse(Encoding.Latin1.GetBytes(HttpServerTests.Body(answer)));
        return document.RootElement.Clone();
    }
}
