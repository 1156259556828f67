using System.Text.Json;
using Viper.Stage;

namespace Viper.EndToEnd.Tests.Matrix;

/// <summary>The discovery documents as curl gets them.</summary>
public sealed partial class ClientMatrixTests
{
    [Theory]
    [InlineData("/json/version")]
    [InlineData("/json/version/")]
    [InlineData("/json/version/?token=x")]
    public async Task Curl_Version_NamesTheBrowserAtTheDaemon(string path)
    {
        JsonElement version = await CurlAsync(200, path);

        Assert.Equal(vm.Vm.Browser!.Product, version.GetProperty("Browser").GetString());
        Assert.StartsWith(vm.Vm.Urls!.CdpWs![..^"default".Length], version.GetProperty("webSocketDebuggerUrl").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/json")]
    [InlineData("/json/")]
    [InlineData("/json/list")]
    [InlineData("/json/list/")]
    public async Task Curl_List_NamesThePagesAtTheDaemon(string path)
    {
        JsonElement made = await CurlAsync(200, "/json/new?about:blank", "-X", "PUT");
        JsonElement list = await CurlAsync(200, path);

        JsonElement page = Assert.Single(list.EnumerateArray(), one => one.GetProperty("id").GetString() == made.GetProperty("id").GetString());
        string socket = vm.Vm.Urls!.CdpWs!.Replace("/browser/default", "/page/" + made.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal((socket, socket), (made.GetProperty("webSocketDebuggerUrl").GetString(), page.GetProperty("webSocketDebuggerUrl").GetString()));
        Assert.Equal("Target activated", await RawAsync(200, $"/json/activate/{made.GetProperty("id")}"));
        Assert.Equal("Target is closing", await RawAsync(200, $"/json/close/{made.GetProperty("id")}"));
    }

    [Fact]
    public async Task Curl_Protocol_IsTheBrowsersOwn()
    {
        JsonElement protocol = await CurlAsync(200, "/json/protocol");

        Assert.Contains(protocol.GetProperty("domains").EnumerateArray(), static domain => domain.GetProperty("domain").GetString() == "Page");
    }

    [Theory]
    [InlineData("/json/new?about:blank", 405, "method_not_allowed")]
    [InlineData("/json/close/NOBODY", 404, "page_not_found")]
    [InlineData("/json/other", 404, "not_found")]
    public async Task Curl_WhatCannotBe_IsAProblem(string path, int status, string code) =>
        Assert.Equal(code, (await CurlAsync(status, path)).GetProperty("code").GetString());

    private async Task<JsonElement> CurlAsync(int status, string path, params string[] options)
    {
        using JsonDocument answer = JsonDocument.Parse(await RawAsync(status, path, options));
        return answer.RootElement.Clone();
    }

    private async Task<string> RawAsync(int status, string path, params string[] options)
    {
        ProgramResult curl = await ChildProgram.RunAsync(
            "nsenter",
            new Dictionary<string, string>(),
            [$"--net=/run/netns/{vm.Stage.Network!.Viper.Name}", "curl", "--silent", "--show-error", "--noproxy", "*", "--write-out", "\n%{http_code}", .. options, vm.Vm.Urls!.CdpHttp + path],
            null,
            TestContext.Current.CancellationToken);
        Assert.True(curl.ExitCode == 0, curl.Errors);
        int end = curl.Output.LastIndexOf('\n');
        Assert.Equal(status.ToString(System.Globalization.CultureInfo.InvariantCulture), curl.Output[(end + 1)..]);
        return curl.Output[..end];
    }
}
