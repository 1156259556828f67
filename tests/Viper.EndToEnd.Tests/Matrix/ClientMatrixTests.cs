using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Viper.Contracts.Agent;
using Viper.Stage;

namespace Viper.EndToEnd.Tests.Matrix;

/// <summary>Stock clients on a browser in a VM: each does what its users do with a browser of their own.</summary>
public sealed partial class ClientMatrixTests(MatrixVm vm) : IClassFixture<MatrixVm>
{
    public static TheoryData<string> Clients => [.. MatrixClient.Names];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Navigate_ToAPage_HasItsTitle(string client)
    {
        ClientProcess browser = await OpenAsync(client);

        Assert.Equal("Form · The Viper demo site", await browser.AskAsync("navigate", ("url", UrlOf("form.html"))));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Evaluate_InAPage_GivesTheValue(string client)
    {
        ClientProcess browser = await OpenAsync(client, "form.html");

        JsonElement value = await browser.DoAsync("evaluate", ("expression", "({ sum: [1, 2, 3].reduce((a, b) => a + b), text: document.querySelector('button').textContent + ' ☃' })"));

        Assert.Equal((6, "Greet me ☃"), (value.GetProperty("sum").GetInt32(), value.GetProperty("text").GetString()));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Click_OnAnElement_IsAPersonsToThePage(string client)
    {
        ClientProcess browser = await OpenAsync(client, "form.html");
        await browser.DoAsync("evaluate", ("expression", "document.querySelector('h1').onclick = e => { document.title = `${e.target.textContent} ${e.isTrusted}`; }; true"));

        await browser.DoAsync("click", ("selector", "h1"));

        Assert.Equal("Form true", await browser.AskAsync("evaluate", ("expression", "document.title")));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Type_IntoAForm_IsWhatTheServerGets(string client)
    {
        ClientProcess browser = await OpenAsync(client, "form.html");

        await browser.DoAsync("type", ("selector", "input[name=name]"), ("text", "Ø <b>"));
        await browser.DoAsync("click", ("selector", "form button"));

        Assert.Equal("Hello, Ø <b>!", await browser.AskAsync("text", ("selector", "#greeting")));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Download_OfAFile_LiesInTheGuestsFolder(string client)
    {
        ClientProcess browser = await OpenAsync(client, "form.html");

        JsonElement download = await browser.DoAsync("download", ("selector", "a[download]"));

        Assert.Equal("report.txt", download.GetProperty("name").GetString());
        string id = Path.GetFileName(download.GetProperty("path").GetString()!);
        await browser.DoAsync("navigate", ("url", $"file://{GuestPlaces.Downloads}/{id}"));
        string text = await browser.AskAsync("evaluate", ("expression", "document.body.textContent"));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "site", "report.txt"), TestContext.Current.CancellationToken), text);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Screenshot_OfAPage_IsItsPicture(string client)
    {
        ClientProcess browser = await OpenAsync(client, "");
        await browser.DoAsync("text", ("selector", "html[data-ready]"));

        byte[] picture = (await browser.DoAsync("screenshot")).GetBytesFromBase64();

        StageAssert.IsPicture(picture, 1280, 800);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Pdf_OfAPage_IsWhole(string client)
    {
        ClientProcess browser = await OpenAsync(client, "form.html");

        byte[] document = (await browser.DoAsync("pdf")).GetBytesFromBase64();

        Assert.Equal("%PDF-", Encoding.ASCII.GetString(document, 0, 5));
        Assert.EndsWith("%%EOF", Encoding.ASCII.GetString(document).TrimEnd(), StringComparison.Ordinal);
        Assert.True(document.Length > 5_000, $"{document.Length} bytes are no print of that page.");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Evaluate_TwentyMegabytes_ArriveWhole(string client)
    {
        const int Length = 20 * 1024 * 1024;
        byte[] expected = new byte[Length];
        for (int at = 0; at < Length; at += 16)
        {
            "0123456789abcdef"u8.CopyTo(expected.AsSpan(at));
        }

        ClientProcess browser = await OpenAsync(client);

        JsonElement digest = await browser.DoAsync("evaluateLong", ("expression", "'0123456789abcdef'.repeat(20 * 1024 * 1024 / 16)"));

        Assert.Equal((Length, Convert.ToHexStringLower(SHA256.HashData(expected))), (digest.GetProperty("length").GetInt32(), digest.GetProperty("sha256").GetString()));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Connect_AfterTheClientWasKilled_BeginsAfresh(string client)
    {
        ClientProcess killed = await OpenAsync(client);
        await killed.DoAsync("hang");
        await killed.KillAsync();

        ClientProcess next = await OpenAsync(client);

        Assert.NotSame(killed, next);
        Assert.Equal("Form · The Viper demo site", await next.AskAsync("navigate", ("url", UrlOf("form.html"))));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task TwoClients_AtOnce_EachHasItsOwnPage(string client)
    {
        (string, string) search = ("expression", "location.search");
        ClientProcess first = await OpenAsync(client);
        await using ClientProcess second = await vm.OpenAsync(client);

        await Task.WhenAll(first.DoAsync("navigate", ("url", UrlOf("form.html?1"))), second.DoAsync("navigate", ("url", UrlOf("form.html?2"))));

        Assert.Equal(("?1", "?2"), (await first.AskAsync("evaluate", search), await second.AskAsync("evaluate", search)));
        await second.DoAsync("shut");
        await second.DoAsync("leave");
        Assert.Equal("?1", await first.AskAsync("evaluate", search));
    }

    /// <summary>A client with a page, at a path of the world's server if one is named.</summary>
    private async Task<ClientProcess> OpenAsync(string client, string? path = null)
    {
        ClientProcess browser = await vm.WithPageAsync(client);
        if (path is not null)
        {
            await browser.DoAsync("navigate", ("url", UrlOf(path)));
        }

        return browser;
    }

    private static string UrlOf(string path) => new Uri(WorldServer.Address, path).ToString();
}
