using System.Net;
using System.Text.Json;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;

namespace Viper.Daemon.Tests.Endpoints;

public sealed class VmEndpointTests
{
    [Fact]
    public async Task Create_WithoutWait_AnswersCreatedWithLocationAndETag()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms", DaemonHarness.Json("""{"name":"a","labels":{"team":"qa"}}"""), DaemonHarness.Deadline);

        Vm vm = await VmOf(answer);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("/api/v1/vms/a", answer.Headers.Location?.OriginalString);
        Assert.Equal($"\"r{vm.Revision}\"", answer.Headers.ETag?.ToString());
        Assert.Equal(("a", VmStatus.Starting, "qa"), (vm.Name, vm.Status, vm.Labels["team"]));
    }

    [Theory]
    [InlineData("wait=30", "wait=30")]
    [InlineData("respond-async, WAIT=\"7\"; x=y", "wait=7")]
    public async Task Create_WithPreferWait_AnswersReady(string prefer, string applied)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/v1/vms") { Content = DaemonHarness.Json("""{"name":"a"}""") };
        request.Headers.TryAddWithoutValidation("Prefer", prefer);

        using HttpResponseMessage answer = await http.SendAsync(request, DaemonHarness.Deadline);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(applied, answer.Headers.GetValues("Preference-Applied").Single());
        Assert.Equal(VmPhase.Ready, (await VmOf(answer)).Phase);
    }

    [Fact]
    public async Task Create_NotReadyInTime_AnswersAcceptedWithRetryAfter()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms?wait=ready&timeout_seconds=0", DaemonHarness.Json("""{"name":"a"}"""), DaemonHarness.Deadline);

        Operation operation = Assert.Single(daemon.Engine.ListOperations(null, "a", null, 2));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal($"/api/v1/operations/{operation.Id}", answer.Headers.Location?.OriginalString);
        Assert.Equal("1", answer.Headers.GetValues("Retry-After").Single());
        Assert.Equal(VmStatus.Starting, (await VmOf(answer)).Status);
    }

    [Fact]
    public async Task Create_StartFailsWhileWaited_AnswersStartFailed()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        using HttpClient http = daemon.Http();
        Task<HttpResponseMessage> pending = http.PostAsync("/api/v1/vms?wait=ready", DaemonHarness.Json("""{"name":"a"}"""), DaemonHarness.Deadline);
        await foreach (VmEvent item in daemon.Engine.ReadEventsAsync(0, "a", DaemonHarness.Deadline))
        {
            daemon.Engine.Crash("a", "the kernel panicked");
            break;
        }

        using HttpResponseMessage answer = await pending;

        Problem problem = await DaemonHarness.ProblemOf(answer);
        Assert.Equal((500, ProblemCodes.StartFailed), (problem.Status, problem.Code));
        Assert.Contains("the kernel panicked", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"a"}""", ProblemCodes.VmExists, 409)]
    [InlineData("""{"image":"nope"}""", ProblemCodes.ImageNotFound, 422)]
    public async Task Create_EngineRefuses_AnswersItsProblem(string body, string code, int status)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms", DaemonHarness.Json(body), DaemonHarness.Deadline);

        Problem problem = await DaemonHarness.ProblemOf(answer);
        Assert.Equal((status, code, "/api/v1/vms"), (problem.Status, problem.Code, problem.Instance));
    }

    [Fact]
    public async Task Create_PoolIsFull_AnswersLimitAndRetryAfter()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.PoolSize = 1;
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms", DaemonHarness.Json("{}"), DaemonHarness.Deadline);

        Problem problem = await DaemonHarness.ProblemOf(answer);
        Assert.Equal((429, ProblemCodes.CapacityExhausted, 1, true), (problem.Status, problem.Code, problem.Limit, problem.Retryable));
        Assert.True(answer.Headers.Contains("Retry-After"));
    }

    [Theory]
    [InlineData(429, ProblemCodes.CapacityExhausted)]
    [InlineData(503, ProblemCodes.HostOverloaded)]
    public async Task Create_NoPlace_SaysLimitRunningQueuedAndWhenToRetry(int status, string code)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.NextRefusal = Problem.Create(status, code, "full") with { Limit = 4, Running = 3, Queued = 2, Resource = VmResources.CpuCores };
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms", DaemonHarness.Json("""{"queue_wait_seconds":5}"""), DaemonHarness.Deadline);

        Problem problem = await DaemonHarness.ProblemOf(answer);
        Assert.Equal((status, code, true, "cpu_cores"), (problem.Status, problem.Code, problem.Retryable, problem.Resource));
        Assert.Equal((4, 3, 2), (problem.Limit, problem.Running, problem.Queued));
        Assert.True(answer.Headers.Contains("Retry-After"));
    }

    [Fact]
    public async Task Get_KnownRevision_AnswersNotModified()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        Vm vm = daemon.Engine.Get("a");
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/vms/a");
        request.Headers.TryAddWithoutValidation("If-None-Match", $"\"x\", W/\"r{vm.Revision}\"");

        using HttpResponseMessage answer = await http.SendAsync(request, DaemonHarness.Deadline);

        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(DaemonHarness.Deadline));
    }

    [Fact]
    public async Task Get_WaitReady_AnswersWhenReady()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();
        Task<HttpResponseMessage> pending = http.GetAsync("/api/v1/vms/a?wait=ready&timeout_seconds=600", DaemonHarness.Deadline);

        daemon.Engine.MakeReady("a");

        using HttpResponseMessage answer = await pending;
        Assert.Equal(VmPhase.Ready, (await VmOf(answer)).Phase);
    }

    [Fact]
    public async Task Get_WaitTimesOut_AnswersTheVmAsItIs()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.GetAsync("/api/v1/vms/a?wait=stopped&timeout_seconds=0", DaemonHarness.Deadline);

        Assert.Equal(VmStatus.Running, (await VmOf(answer)).Status);
    }

    [Fact]
    public async Task Get_OverTcpAndUnixSocket_NamesAddressesThatWork()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using HttpClient tcp = daemon.Http();
        using HttpClient unix = daemon.UnixHttp();

        using HttpResponseMessage overTcp = await tcp.GetAsync("/api/v1/vms/a", DaemonHarness.Deadline);
        using HttpResponseMessage overUnix = await unix.GetAsync("/api/v1/vms/a", DaemonHarness.Deadline);

        string expected = $"ws://127.0.0.1:{daemon.Tcp.Port}/api/v1/vms/a/agent/devtools/browser/default";
        Assert.Equal(expected, (await VmOf(overTcp)).Urls?.CdpWs);
        Assert.Equal(expected, (await VmOf(overUnix)).Urls?.CdpWs);
    }

    [Fact]
    public async Task Delete_Twice_AnswersNoContentThenNotFound()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();

        using HttpResponseMessage first = await http.DeleteAsync("/api/v1/vms/a", DaemonHarness.Deadline);
        using HttpResponseMessage second = await http.DeleteAsync("/api/v1/vms/a", DaemonHarness.Deadline);

        Assert.Equal(HttpStatusCode.NoContent, first.StatusCode);
        Assert.Equal(ProblemCodes.VmNotFound, (await DaemonHarness.ProblemOf(second)).Code);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("?force=true", true)]
    public async Task Stop_ThenStart_AnswersTheVm(string query, bool forced)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();

        using HttpResponseMessage stopped = await http.PostAsync("/api/v1/vms/a/stop" + query, null, DaemonHarness.Deadline);
        using HttpResponseMessage again = await http.PostAsync("/api/v1/vms/a/stop" + query, null, DaemonHarness.Deadline);
        using HttpResponseMessage started = await http.PostAsync("/api/v1/vms/a/start", null, DaemonHarness.Deadline);

        Assert.Equal(VmStatus.Stopped, (await VmOf(stopped)).Status);
        Assert.Equal(VmStatus.Stopped, (await VmOf(again)).Status);
        Assert.Equal(VmStatus.Starting, (await VmOf(started)).Status);
        Assert.Equal(forced, daemon.Engine.WasForced("a"));
    }

    [Fact]
    public async Task PauseResumeRestart_AnswerTheVm()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();

        using HttpResponseMessage paused = await http.PostAsync("/api/v1/vms/a/pause", null, DaemonHarness.Deadline);
        using HttpResponseMessage again = await http.PostAsync("/api/v1/vms/a/pause", null, DaemonHarness.Deadline);
        using HttpResponseMessage resumed = await http.PostAsync("/api/v1/vms/a/resume", null, DaemonHarness.Deadline);
        using HttpResponseMessage restarted = await http.PostAsync("/api/v1/vms/a/restart?force=true", null, DaemonHarness.Deadline);

        Assert.Equal((VmStatus.Paused, VmStatus.Paused), ((await VmOf(paused)).Status, (await VmOf(again)).Status));
        Assert.Equal(VmStatus.Running, (await VmOf(resumed)).Status);
        Assert.Equal((VmStatus.Starting, true), ((await VmOf(restarted)).Status, daemon.Engine.WasForced("a")));
    }

    [Fact]
    public async Task Pause_OfAStoppedVm_IsAConflictThatNamesStateAndCommand()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        await daemon.Engine.StopAsync("a", force: true, DaemonHarness.Deadline);
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.PostAsync("/api/v1/vms/a/pause", null, DaemonHarness.Deadline);

        Problem problem = await DaemonHarness.ProblemOf(answer);
        Assert.Equal((409, ProblemCodes.VmNotRunning, "stopped", "pause"), (problem.Status, problem.Code, problem.State, problem.Command));
    }

    [Fact]
    public async Task List_ManyVms_PagesByCursorAndLink()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        foreach (string name in (string[])["a", "b", "c", "d", "e"])
        {
            await daemon.CreateAsync(name);
        }

        using HttpClient http = daemon.Http();
        List<string> names = [];
        string? next = "/api/v1/vms?limit=2&status=running";
        while (next is not null)
        {
            using HttpResponseMessage answer = await http.GetAsync(next, DaemonHarness.Deadline);
            VmList page = JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline), ViperJson.Default.VmList)!;
            names.AddRange(page.Items.Select(v => v.Name));
            next = answer.Headers.TryGetValues("Link", out IEnumerable<string>? links) ? links.Single().Split('<', '>')[1] : null;
            Assert.Equal(page.NextCursor is null, next is null);
        }

        Assert.Equal(["a", "b", "c", "d", "e"], names);
    }

    [Fact]
    public async Task List_ByLabelsAndStatus_FindsOnlyThose()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.Engine.CreateAsync(new CreateVmRequest { Name = "a", Labels = new Dictionary<string, string> { ["team"] = "qa", ["env"] = "x:y" } }, DaemonHarness.Deadline);
        await daemon.Engine.CreateAsync(new CreateVmRequest { Name = "b", Labels = new Dictionary<string, string> { ["team"] = "qa" } }, DaemonHarness.Deadline);
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.GetAsync("/api/v1/vms?label=team:qa&label=env:x:y&unknown=1", DaemonHarness.Deadline);

        VmList page = JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline), ViperJson.Default.VmList)!;
        Assert.Equal(["a"], page.Items.Select(v => v.Name));
    }

    [Theory]
    [InlineData("limit=0", "?limit")]
    [InlineData("limit=501", "?limit")]
    [InlineData("limit=x", "?limit")]
    [InlineData("status=happy", "?status")]
    [InlineData("label=x", "?label")]
    [InlineData("cursor=%21", "?cursor")]
    [InlineData("cursor=_w", "?cursor")]
    public async Task List_BadParameter_AnswersValidationFailed(string query, string pointer)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.GetAsync("/api/v1/vms?" + query, DaemonHarness.Deadline);

        Problem problem = await DaemonHarness.ProblemOf(answer);
        Assert.Equal((400, ProblemCodes.ValidationFailed, pointer), (problem.Status, problem.Code, Assert.Single(problem.Errors!).Pointer));
    }

    private static async Task<Vm> VmOf(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline), ViperJson.Default.Vm)!;
}
