using System.Text;
using System.Text.Json;
using Viper.Cdp.Domains;
using Viper.TestKit.Cdp;

namespace Viper.Cdp.Tests.Domains;

public sealed class DomainTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Command_ParametersOfEveryKind_AreWrittenAsTheProtocolSpellsThem()
    {
        await using var browser = new ScriptedBrowser();
        await using var connection = await CdpConnection.ConnectAsync(browser.Address, Cancel);
        var session = connection.GetSession("s1");

        await session.Page.EnableAsync(cancellationToken: Cancel).AsTask().WaitAsync(s_deadline, Cancel);
        await session.Emulation.SetDeviceMetricsOverrideAsync(
            800, 600, 1.5, true, screenOrientation: new Emulation.ScreenOrientation { Type = Emulation.ScreenOrientationType.LandscapePrimary, Angle = 90 },
            cancellationToken: Cancel).AsTask().WaitAsync(s_deadline, Cancel);
        await session.Network.SetExtraHTTPHeadersAsync(CdpValue.Parse("""{"X-A": "b"}"""), Cancel).AsTask().WaitAsync(s_deadline, Cancel);
        await session.Runtime.CallFunctionOnAsync(
            "f", arguments: [new Runtime.CallArgument { Value = CdpValue.From("ü\"") }, new Runtime.CallArgument { ObjectId = "o" }],
            cancellationToken: Cancel).AsTask().WaitAsync(s_deadline, Cancel);

        Assert.Equal(
            [
                "Page.enable s1 {}",
                """Emulation.setDeviceMetricsOverride s1 {"width":800,"height":600,"deviceScaleFactor":1.5,"mobile":true,"screenOrientation":{"type":"landscapePrimary","angle":90}}""",
                """Network.setExtraHTTPHeaders s1 {"headers":{"X-A":"b"}}""",
                """Runtime.callFunctionOn s1 {"functionDeclaration":"f","arguments":[{"value":"\u00FC\u0022"},{"objectId":"o"}]}""",
            ],
            browser.Seen);
    }

    [Fact]
    public async Task Result_AsRecordAndAsView_AreTheSame()
    {
        await using var browser = new ScriptedBrowser();
        browser.Answer("Runtime.evaluate", """{"future":[{"x":1}],"result":{"type":"object","subtype":"error","className":"E\u00fc","value":{"a":[1]},"preview":{"type":"object","overflow":false,"properties":[{"name":"n","type":"number","value":"1"},{"name":"m","type":"brandnew"}]}}}""");
        await using var connection = await CdpConnection.ConnectAsync(browser.Address, Cancel);

        var record = await connection.Browser.Runtime.EvaluateAsync("x", returnByValue: true, cancellationToken: Cancel).AsTask().WaitAsync(s_deadline, Cancel);
        using var reply = await connection.Browser.SendAsync(new Runtime.EvaluateCommand { Expression = "x" }, Cancel).AsTask().WaitAsync(s_deadline, Cancel);

        Assert.Equal((Runtime.RemoteObjectType.Object, Runtime.RemoteObjectSubtype.Error, "Eü"), (record.Result.Type, record.Result.Subtype, record.Result.ClassName));
        Assert.Equal("""{"a":[1]}""", record.Result.Value.ToString());
        Assert.Equal(["n", "m"], record.Result.Preview!.Properties.Select(static p => p.Name));
        Assert.Equal(Runtime.PropertyPreviewType.Unrecognized, record.Result.Preview.Properties[1].Type);
        Assert.Null(record.ExceptionDetails);
        var view = new Runtime.EvaluateResultView(reply.Result).Result;
        Assert.Equal((Runtime.RemoteObjectType.Object, "Eü", false), (view.Type, view.ClassName.GetString(), view.Preview.Overflow));
        Assert.Equal(1, view.Value["a"u8].EnumerateArray() is var items && items.MoveNext() ? items.Current.GetInt32() : null);
        List<string?> names = [];
        foreach (var property in view.Preview.Properties)
        {
            names.Add(property.Name.GetString());
        }

        Assert.Equal(["n", "m"], names);
        Assert.False(view.ObjectId.IsPresent);
    }

    [Fact]
    public async Task Subscribe_TypedEvent_IsItsRecordAndWaitAsyncFindsTheOneThatFits()
    {
        await using var browser = new ScriptedBrowser();
        browser.Answer("Page.enable", static async command =>
        {
            for (var i = 0; i < 3; i++)
            {
                await command.EmitAsync("Page.lifecycleEvent", $$"""{"frameId":"f","loaderId":"l","name":"n{{i}}","timestamp":{{i}}.5}""");
            }

            await command.AnswerAsync("{}");
        });
        await using var connection = await CdpConnection.ConnectAsync(browser.Address, Cancel);
        using var events = connection.Browser.Subscribe<Page.LifecycleEventEvent>();

        await connection.Browser.Page.EnableAsync(cancellationToken: Cancel).AsTask().WaitAsync(s_deadline, Cancel);

        var found = await events.WaitAsync(static next => next.Name == "n1", s_deadline, Cancel);
        Assert.Equal(("f", 1.5), (found.FrameId, found.Timestamp));
        Assert.True(events.TryRead(out var last));
        Assert.Equal("n2", last.Name);
        var late = await Assert.ThrowsAsync<CdpTimeoutException>(() => events.WaitAsync(null, TimeSpan.FromMilliseconds(1), Cancel));
        Assert.Contains("Page.lifecycleEvent", late.Operation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"result":[]}""")]
    [InlineData("""{"result":{"type":5}}""")]
    [InlineData("[]")]
    public async Task Result_OfAnotherForm_IsAProtocolError(string result)
    {
        await using var browser = new ScriptedBrowser();
        browser.Answer("Runtime.evaluate", result);
        await using var connection = await CdpConnection.ConnectAsync(browser.Address, Cancel);

        await Assert.ThrowsAsync<CdpProtocolException>(
            () => connection.Browser.Runtime.EvaluateAsync("x", cancellationToken: Cancel).AsTask().WaitAsync(s_deadline, Cancel));
    }

    [Fact]
    public void Read_MutatedResults_GiveARecordOrJsonException()
    {
        var original = Encoding.UTF8.GetBytes("""{"root":{"nodeId":1,"backendNodeId":2,"nodeType":9,"nodeName":"#document","localName":"","nodeValue":"","children":[{"nodeId":3,"attributes":["a","b"],"isSVG":true}],"shadowRootType":"open"}}""");
        var random = new Random(157);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])original.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                new CdpJson(bytes).Read<DOM.GetDocumentResult>();
            }
            catch (JsonException)
            {
                // The one failure that callers expect.
            }
        }
    }
}
