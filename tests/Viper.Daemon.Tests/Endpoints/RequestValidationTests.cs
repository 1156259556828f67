using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;

namespace Viper.Daemon.Tests.Endpoints;

public sealed class RequestValidationTests
{
    [Theory]
    [InlineData("""{"cpu_cores":0}""", ProblemCodes.ValidationFailed, "#/cpu_cores", "range")]
    [InlineData("""{"cpu_cores":10000}""", ProblemCodes.ValidationFailed, "#/cpu_cores", "range")]
    [InlineData("""{"cpu_cores":1.5}""", ProblemCodes.ValidationFailed, "#/cpu_cores", "type")]
    [InlineData("""{"cpu_cores":99999999999}""", ProblemCodes.ValidationFailed, "#/cpu_cores", "type")]
    [InlineData("""{"cpu_cores":"2"}""", ProblemCodes.ValidationFailed, "#/cpu_cores", "type")]
    [InlineData("""{"memory_mb":127}""", ProblemCodes.ValidationFailed, "#/memory_mb", "range")]
    [InlineData("""{"memory_mb":1e3}""", ProblemCodes.ValidationFailed, "#/memory_mb", "type")]
    [InlineData("""{"name":"Bad"}""", ProblemCodes.ValidationFailed, "#/name", "format")]
    [InlineData("""{"name":""}""", ProblemCodes.ValidationFailed, "#/name", "format")]
    [InlineData("""{"name":"a\u0000b"}""", ProblemCodes.ValidationFailed, "#/name", "format")]
    [InlineData("""{"name":["a"]}""", ProblemCodes.ValidationFailed, "#/name", "type")]
    [InlineData("""{"name":"a","name":"b"}""", ProblemCodes.ValidationFailed, "#/name", "format")]
    [InlineData("""{"image":"../etc"}""", ProblemCodes.ValidationFailed, "#/image", "format")]
    [InlineData("""{"kernel_cmdline":"a\nb"}""", ProblemCodes.ValidationFailed, "#/kernel_cmdline", "format")]
    [InlineData("""{"labels":{"a:b":"c"}}""", ProblemCodes.ValidationFailed, "#/labels/a%3Ab", "format")]
    [InlineData("""{"labels":{"a":1}}""", ProblemCodes.ValidationFailed, "#/labels/a", "type")]
    [InlineData("""{"labels":[]}""", ProblemCodes.ValidationFailed, "#/labels", "type")]
    [InlineData("""{"cpu":2}""", ProblemCodes.UnknownField, "#/cpu", "unknown_field")]
    [InlineData("""{"a/b~c d":2}""", ProblemCodes.UnknownField, "#/a~1b~0c%20d", "unknown_field")]
    [InlineData("""{"network":[]}""", ProblemCodes.ValidationFailed, "#/network", "type")]
    [InlineData("""{"network":{"polcy":"none"}}""", ProblemCodes.UnknownField, "#/network/polcy", "unknown_field")]
    [InlineData("""{"network":{"policy":"wide"}}""", ProblemCodes.ValidationFailed, "#/network/policy", "format")]
    [InlineData("""{"network":{"policy":1}}""", ProblemCodes.ValidationFailed, "#/network/policy", "type")]
    [InlineData("""{"network":{"policy":"none","policy":"open"}}""", ProblemCodes.ValidationFailed, "#/network/policy", "format")]
    [InlineData("""{"network":{"up_kbps":-1}}""", ProblemCodes.ValidationFailed, "#/network/up_kbps", "range")]
    [InlineData("""{"network":{"down_kbps":100000001}}""", ProblemCodes.ValidationFailed, "#/network/down_kbps", "range")]
    [InlineData("""{"network":{"max_connections":"1"}}""", ProblemCodes.ValidationFailed, "#/network/max_connections", "type")]
    [InlineData("""{"network":{"max_connections":65536}}""", ProblemCodes.ValidationFailed, "#/network/max_connections", "range")]
    [InlineData("""{"network":{"allow":{}}}""", ProblemCodes.ValidationFailed, "#/network/allow", "type")]
    [InlineData("""{"network":{"allow":[{"cidr":"10.0.0.0/8"}]}}""", ProblemCodes.ValidationFailed, "#/network/allow", "format")]
    [InlineData("""{"network":{"policy":"allow","allow":[null]}}""", ProblemCodes.ValidationFailed, "#/network/allow/0", "type")]
    [InlineData("""{"network":{"policy":"allow","allow":[{}]}}""", ProblemCodes.ValidationFailed, "#/network/allow/0/cidr", "required")]
    [InlineData("""{"network":{"policy":"allow","allow":[{"cidr":"10.0.0.1/8"}]}}""", ProblemCodes.ValidationFailed, "#/network/allow/0/cidr", "format")]
    [InlineData("""{"network":{"policy":"allow","allow":[{"cidr":"fd00::/8"}]}}""", ProblemCodes.ValidationFailed, "#/network/allow/0/cidr", "format")]
    [InlineData("""{"network":{"policy":"allow","allow":[{"cidr":"169.254.169.254"}]}}""", ProblemCodes.ValidationFailed, "#/network/allow/0/cidr", "range")]
    [InlineData("""{"network":{"policy":"allow","allow":[{"cidr":"10.0.0.0/8","ports":["443"]}]}}""", ProblemCodes.ValidationFailed, "#/network/allow/0/ports/0", "format")]
    [InlineData("""{"network":{"policy":"allow","allow":[{"cidr":"10.0.0.0/8","ports":["9-1/tcp"]}]}}""", ProblemCodes.ValidationFailed, "#/network/allow/0/ports/0", "format")]
    [InlineData("""{"network":{"policy":"allow","allow":[{"cidr":"10.0.0.0/8","port":["1/tcp"]}]}}""", ProblemCodes.UnknownField, "#/network/allow/0/port", "unknown_field")]
    [InlineData("""{"idle_timeout_seconds":-1}""", ProblemCodes.ValidationFailed, "#/idle_timeout_seconds", "range")]
    [InlineData("""{"max_lifetime_seconds":2592001}""", ProblemCodes.ValidationFailed, "#/max_lifetime_seconds", "range")]
    [InlineData("""{"max_lifetime_seconds":"1h"}""", ProblemCodes.ValidationFailed, "#/max_lifetime_seconds", "type")]
    [InlineData("""{"restart":"sometimes"}""", ProblemCodes.ValidationFailed, "#/restart", "format")]
    [InlineData("""{"restart":true}""", ProblemCodes.ValidationFailed, "#/restart", "type")]
    [InlineData("""{"queue_wait_seconds":-1}""", ProblemCodes.ValidationFailed, "#/queue_wait_seconds", "range")]
    [InlineData("""{"queue_wait_seconds":3601}""", ProblemCodes.ValidationFailed, "#/queue_wait_seconds", "range")]
    [InlineData("""{"queue_wait_seconds":"5"}""", ProblemCodes.ValidationFailed, "#/queue_wait_seconds", "type")]
    [InlineData("[]", ProblemCodes.ValidationFailed, "#", "type")]
    [InlineData("null", ProblemCodes.ValidationFailed, "#", "type")]
    public async Task Create_BadMember_NamesIt(string body, string code, string pointer, string errorCode)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms", DaemonHarness.Json(body), DaemonHarness.Deadline);

        Problem problem = await DaemonHarness.ProblemOf(answer);
        ProblemError error = Assert.Single(problem.Errors!);
        Assert.Equal((400, code, pointer, errorCode), (problem.Status, problem.Code, error.Pointer, error.Code));
    }

    [Fact]
    public async Task Create_WithANetwork_ShowsItAsItWasAsked()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();
        const string Network = """{"policy":"allow","allow":[{"cidr":"203.0.113.0/24","ports":["443/tcp","53/udp"]}],"up_kbps":1,"down_kbps":2,"max_connections":3}""";

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms", DaemonHarness.Json($$"""{"name":"a","network":{{Network}}}"""), DaemonHarness.Deadline);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Contains($"\"network\":{Network}", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_SeveralBadMembers_NamesAll()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms", DaemonHarness.Json("""{"name":"-","cpu_cores":17,"memory_mb":1}"""), DaemonHarness.Deadline);

        Problem problem = await DaemonHarness.ProblemOf(answer);
        Assert.Equal(["#/name", "#/cpu_cores", "#/memory_mb"], problem.Errors!.Select(e => e.Pointer));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"name\":\"a\",}")]
    [InlineData("{\"name\":\"\\ud800\"}")]
    [InlineData("<xml/>")]
    public async Task Create_BodyIsNotJson_AnswersValidationFailed(string body)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms", DaemonHarness.Json(body), DaemonHarness.Deadline);

        Assert.Equal((400, ProblemCodes.ValidationFailed), ((int)answer.StatusCode, (await DaemonHarness.ProblemOf(answer)).Code));
    }

    [Fact]
    public async Task Create_BodyIsNotUtf8_AnswersValidationFailed()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();
        using ByteArrayContent body = new([.. "{\"name\":\""u8, 0xFF, .. "\"}"u8]);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms", body, DaemonHarness.Deadline);

        Assert.Equal(ProblemCodes.ValidationFailed, (await DaemonHarness.ProblemOf(answer)).Code);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Create_WrongContentType_AnswersUnsupportedMediaType(string? type)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();
        using ByteArrayContent body = new("{}"u8.ToArray());
        body.Headers.TryAddWithoutValidation("Content-Type", type);

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms", body, DaemonHarness.Deadline);

        Assert.Equal((415, ProblemCodes.UnsupportedMediaType), ((int)answer.StatusCode, (await DaemonHarness.ProblemOf(answer)).Code));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Create_BodyOverOneMebibyte_AnswersPayloadTooLarge(bool isChunked)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/vms") { Content = DaemonHarness.Json("{\"name\":\"" + new string('a', 1024 * 1024) + "\"}") };
        request.Headers.TransferEncodingChunked = isChunked;
        request.Headers.ExpectContinue = true;

        using HttpResponseMessage answer = await http.SendAsync(request, DaemonHarness.Deadline);

        Assert.Equal((413, ProblemCodes.PayloadTooLarge), ((int)answer.StatusCode, (await DaemonHarness.ProblemOf(answer)).Code));
    }

    [Theory]
    [InlineData("GET", "/api/v1/vms/-bad")]
    [InlineData("GET", "/api/v1/vms/A")]
    [InlineData("GET", "/api/v1/vms/a%0Ab")]
    [InlineData("DELETE", "/api/v1/vms/..%2F..%2Fetc")]
    [InlineData("POST", "/api/v1/vms/%E2%80%AE/start")]
    [InlineData("GET", "/api/v1/vms/nope/logs")]
    [InlineData("GET", "/api/v1/vms/nope/events")]
    [InlineData("GET", "/api/v1/vms/nope/agent/status")]
    public async Task AnyVerb_NameThatNoVmHas_AnswersVmNotFound(string method, string path)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(new HttpMethod(method), path);

        using HttpResponseMessage answer = await http.SendAsync(request, DaemonHarness.Deadline);

        Assert.Equal((404, ProblemCodes.VmNotFound), ((int)answer.StatusCode, (await DaemonHarness.ProblemOf(answer)).Code));
    }

    [Theory]
    [InlineData("GET", "/", 404, ProblemCodes.NotFound)]
    [InlineData("GET", "/api/v2/vms", 404, ProblemCodes.NotFound)]
    [InlineData("PUT", "/api/v1/vms", 405, ProblemCodes.MethodNotAllowed)]
    [InlineData("POST", "/healthz", 405, ProblemCodes.MethodNotAllowed)]
    [InlineData("GET", "/api/v1/vms/a/start", 405, ProblemCodes.MethodNotAllowed)]
    public async Task AnyPath_RoutingRefuses_AnswersProblem(string method, string path, int status, string code)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(new HttpMethod(method), path);

        using HttpResponseMessage answer = await http.SendAsync(request, DaemonHarness.Deadline);

        Assert.Equal((status, code), ((int)answer.StatusCode, (await DaemonHarness.ProblemOf(answer)).Code));
        Assert.Equal(status == 405, answer.Content.Headers.Allow.Count > 0);
    }

    [Theory]
    [InlineData("/api/v1/vms/a?wait=soon")]
    [InlineData("/api/v1/vms/a?wait=ready&timeout_seconds=-1")]
    [InlineData("/api/v1/vms/a?wait=ready&timeout_seconds=3601")]
    [InlineData("/api/v1/vms/a/logs?source=chrome")]
    [InlineData("/api/v1/vms/a/logs?tail=100001")]
    [InlineData("/api/v1/vms/a/logs?follow=maybe")]
    [InlineData("/api/v1/events?after=x")]
    [InlineData("/api/v1/events?after=-1")]
    [InlineData("/api/v1/events?vm=a/b")]
    [InlineData("/api/v1/events?vm=")]
    public async Task Get_BadParameter_AnswersValidationFailed(string path)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.GetAsync(path, DaemonHarness.Deadline);

        Assert.Equal((400, ProblemCodes.ValidationFailed), ((int)answer.StatusCode, (await DaemonHarness.ProblemOf(answer)).Code));
    }

    [Fact]
    public async Task Problem_Bytes_AreExactly()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.GetAsync("/api/v1/vms/a", DaemonHarness.Deadline);

        string body = await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline);
        string traceId = (await DaemonHarness.ProblemOf(answer)).TraceId!;
        Assert.Equal(
            $$"""{"type":"https://viper.invalid/problems/vm-not-found","title":"VM not found","status":404,"detail":"No VM named 'a'.","instance":"/api/v1/vms/a","code":"vm_not_found","retryable":false,"trace_id":"{{traceId}}"}""",
            body);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal(Encoding.UTF8.GetByteCount(body), answer.Content.Headers.ContentLength);
    }
}
