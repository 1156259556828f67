using System.Net;
using System.Text.Json;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;

namespace Viper.Daemon.Tests.Endpoints;

public sealed class OperationEndpointTests
{
    [Fact]
    public async Task Get_RunningThenEnded_AnswersStepThenResult()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("a");
        string path = "/api/v1/operations/" + daemon.Engine.GetLastOperation("a");
        using HttpClient http = daemon.Http();

        daemon.Engine.SetPhase("a", VmPhase.AgentReady);
        Operation running = await OperationOf(await http.GetAsync(path, DaemonHarness.Deadline));
        daemon.Engine.MakeReady("a");
        Operation ended = await OperationOf(await http.GetAsync(path, DaemonHarness.Deadline));

        Assert.Equal((OperationKinds.VmCreate, OperationStatuses.Running, VmPhase.AgentReady, "/api/v1/vms/a"), (running.Kind, running.Status, running.Progress.Step, running.Resource));
        Assert.Equal((null, null), (running.FinishedAt, running.Result));
        Assert.Equal((OperationStatuses.Succeeded, "a"), (ended.Status, ended.Result?.GetProperty("vm").GetString()));
        Assert.NotNull(ended.FinishedAt);
    }

    [Fact]
    public async Task Get_OfAStartThatFailed_AnswersItsProblem()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("a");
        daemon.Engine.Crash("a", "the kernel panicked");
        using HttpClient http = daemon.Http();

        Operation failed = await OperationOf(await http.GetAsync("/api/v1/operations/" + daemon.Engine.GetLastOperation("a"), DaemonHarness.Deadline));

        Assert.Equal((OperationStatuses.Failed, ProblemCodes.StartFailed), (failed.Status, failed.Error?.Code));
    }

    [Fact]
    public async Task Cancel_Twice_AnswersTheCancelledThenAConflict()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        daemon.Engine.AutoReady = false;
        await daemon.CreateAsync("a");
        string path = $"/api/v1/operations/{daemon.Engine.GetLastOperation("a")}/cancel";
        using HttpClient http = daemon.Http();

        Operation cancelled = await OperationOf(await http.PostAsync(path, null, DaemonHarness.Deadline));
        using HttpResponseMessage again = await http.PostAsync(path, null, DaemonHarness.Deadline);

        Problem problem = await DaemonHarness.ProblemOf(again);
        Assert.Equal(OperationStatuses.Cancelled, cancelled.Status);
        Assert.Equal(VmStatus.Stopped, daemon.Engine.Get("a").Status);
        Assert.Equal((409, ProblemCodes.OperationFinished, path), (problem.Status, problem.Code, problem.Instance));
    }

    [Theory]
    [InlineData("GET", "/api/v1/operations/op_x", 404, ProblemCodes.OperationNotFound)]
    [InlineData("POST", "/api/v1/operations/op_x/cancel", 404, ProblemCodes.OperationNotFound)]
    [InlineData("POST", "/api/v1/operations/op_x", 405, ProblemCodes.MethodNotAllowed)]
    [InlineData("GET", "/api/v1/operations/op_x/cancel", 405, ProblemCodes.MethodNotAllowed)]
    public async Task Request_OfWhatIsNotThere_AnswersItsProblem(string method, string path, int status, string code)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();
        using HttpRequestMessage request = new(new HttpMethod(method), path);

        using HttpResponseMessage answer = await http.SendAsync(request, DaemonHarness.Deadline);

        Problem problem = await DaemonHarness.ProblemOf(answer);
        Assert.Equal((status, code), (problem.Status, problem.Code));
    }

    [Fact]
    public async Task List_ByStatusAndVm_PagesByCursorAndLink()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("other");
        for (int i = 0; i < 5; i++)
        {
            await daemon.CreateAsync("a");
            await daemon.Engine.DeleteAsync("a", DaemonHarness.Deadline);
        }

        using HttpClient http = daemon.Http();
        List<string> ids = [];
        string? next = "/api/v1/operations?limit=2&status=succeeded&vm=a";
        while (next is not null)
        {
            using HttpResponseMessage answer = await http.GetAsync(next, DaemonHarness.Deadline);
            OperationList page = JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline), ViperJson.Default.OperationList)!;
            ids.AddRange(page.Items.Select(o => o.Id));
            next = answer.Headers.TryGetValues("Link", out IEnumerable<string>? links) ? links.Single().Split('<', '>')[1] : null;
            Assert.Equal(page.NextCursor is null, next is null);
        }

        Assert.Equal(daemon.Engine.ListOperations(null, "a", null, 10).Select(o => o.Id), ids);
        Assert.Equal(5, ids.Count);
    }

    [Theory]
    [InlineData("limit=0", "?limit")]
    [InlineData("limit=501", "?limit")]
    [InlineData("status=happy", "?status")]
    [InlineData("vm=A", "?vm")]
    [InlineData("cursor=%21", "?cursor")]
    [InlineData("cursor=YQ", "?cursor")]
    public async Task List_BadParameter_AnswersValidationFailed(string query, string pointer)
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();

        using HttpResponseMessage answer = await http.GetAsync("/api/v1/operations?" + query, DaemonHarness.Deadline);

        Problem problem = await DaemonHarness.ProblemOf(answer);
        Assert.Equal((400, ProblemCodes.ValidationFailed, pointer), (problem.Status, problem.Code, Assert.Single(problem.Errors!).Pointer));
    }

    private static async Task<Operation> OperationOf(HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(DaemonHarness.Deadline), ViperJson.Default.Operation)!;
        }
    }
}
