using System.Net;
using System.Text.Json;
using Viper.Contracts;
using Viper.Daemon.Tests.Harness;

namespace Viper.Daemon.Tests.Endpoints;

public sealed class SystemEndpointTests
{
    [Fact]
    public async Task Status_WithVms_CountsThem()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        await daemon.CreateAsync("a");
        using HttpClient http = daemon.Http();

        string body = await http.GetStringAsync("/api/v1/system/status", DaemonHarness.Deadline);

        SystemStatus status = JsonSerializer.Deserialize(body, ViperJson.Default.SystemStatus)!;
        Assert.Equal((1, 1, "qemu"), (status.Vms["running"], status.PoolLeased, status.Hypervisor));
    }

    [Fact]
    public async Task Version_Always_NamesTheApi()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.UnixHttp();

        VersionInfo version = JsonSerializer.Deserialize(await http.GetStringAsync("/api/v1/system/version", DaemonHarness.Deadline), ViperJson.Default.VersionInfo)!;

        Assert.Equal(("0.1.0", "v1"), (version.Version, version.ApiVersion));
    }

    [Fact]
    public async Task Images_Always_ListsThem()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();

        ImageList images = JsonSerializer.Deserialize(await http.GetStringAsync("/api/v1/images", DaemonHarness.Deadline), ViperJson.Default.ImageList)!;

        Assert.Equal("browser", Assert.Single(images.Items).Name);
    }

    [Fact]
    public async Task Readyz_HostHasProblems_AnswersThem()
    {
        await using DaemonHarness daemon = await DaemonHarness.StartAsync();
        using HttpClient http = daemon.Http();
        using HttpResponseMessage before = await http.GetAsync("/readyz", DaemonHarness.Deadline);
        daemon.Engine.HostProblems.Add("There is no /dev/net/tun.");

        using HttpResponseMessage answer = await http.GetAsync("/readyz", DaemonHarness.Deadline);

        Problem problem = await DaemonHarness.ProblemOf(answer);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal((503, ProblemCodes.HostNotReady, "There is no /dev/net/tun."), (problem.Status, problem.Code, problem.Detail));
    }
}
