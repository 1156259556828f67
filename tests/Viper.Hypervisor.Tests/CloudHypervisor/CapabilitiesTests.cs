using Viper.Hypervisor.CloudHypervisor;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests.CloudHypervisor;

public sealed class CapabilitiesTests : IDisposable
{
    private readonly ShortFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CapabilitiesAsync_StandIn_FindsAllButCoredumpAndChangesNothing()
    {
        await using StandInVmm vmm = new(_folder["s"]);
        await using CloudHypervisorClient client = new(_folder["s"]);

        CloudHypervisorCapabilities capabilities = await client.CapabilitiesAsync(Cancellation);

        Assert.Equal(ApiOperation.All.Select(o => o.Name).Where(name => name != "vm.coredump").Order(), capabilities.Operations.Order());
        Assert.Equal([MemoryRestoreMode.Copy, MemoryRestoreMode.OnDemand], capabilities.RestoreModes.Order());
        Assert.True(capabilities.RefusesUnknownNames);
        Assert.Equal("v53.0", capabilities.Program.BuildVersion);
        Assert.Equal(404, (await Assert.ThrowsAsync<VmmApiException>(() => client.InfoAsync(Cancellation))).Status);
    }

    [Fact]
    public async Task CapabilitiesAsync_ProgramOfTheFuture_OffersCopyOnWriteWhateverItsVersion()
    {
        using ScriptedApi api = new(_folder["s"], request => request switch
        {
            _ when request.StartsWith("GET /api/v1/vmm.ping", StringComparison.Ordinal) => ScriptedApi.Response(200, """{"version":"1.0.0"}"""),
            _ when request.Contains("CopyOnWrite") || request.Contains("OnDemand") => ScriptedApi.Response(500, """["Error from API"]"""),
            _ => ScriptedApi.Response(400, """["Bad Request"]"""),
        });
        await using CloudHypervisorClient client = new(_folder["s"]);

        Assert.Contains(MemoryRestoreMode.CopyOnWrite, (await client.CapabilitiesAsync(Cancellation)).RestoreModes);
    }

    [Fact]
    public async Task CapabilitiesAsync_ProgramThatTakesAnyName_IsTrustedWithCopyOnly()
    {
        using ScriptedApi api = new(_folder["s"], request => request.StartsWith("GET /api/v1/vmm.ping", StringComparison.Ordinal)
            ? ScriptedApi.Response(200, """{"version":"1.0.0"}""")
            : ScriptedApi.Response(500, """["Error from API"]"""));
        await using CloudHypervisorClient client = new(_folder["s"]);

        CloudHypervisorCapabilities capabilities = await client.CapabilitiesAsync(Cancellation);

        Assert.False(capabilities.RefusesUnknownNames);
        Assert.Equal([MemoryRestoreMode.Copy], capabilities.RestoreModes);
    }

    [Fact]
    public async Task CapabilitiesAsync_ProgramThatPanics_IsAnErrorNotACapability()
    {
        using ScriptedApi api = new(_folder["s"], request => request.StartsWith("GET /api/v1/vmm.ping", StringComparison.Ordinal)
            ? ScriptedApi.Response(200, """{"version":"1.0.0"}""")
            : ScriptedApi.Response(500, """["Error from API","receiving on a closed channel"]"""));
        await using CloudHypervisorClient client = new(_folder["s"]);

        await Assert.ThrowsAsync<VmmApiException>(() => client.CapabilitiesAsync(Cancellation));
    }

    [Theory]
    [InlineData("cloud-hypervisor v53.0", null)]
    [InlineData("cloud-hypervisor v51.2", null)]
    [InlineData("cloud-hypervisor v51.2.1", null)]
    [InlineData("cloud-hypervisor 54.0.0", null)]
    [InlineData("cloud-hypervisor v53.0-173-gabcdef-dirty", null)]
    [InlineData("cloud-hypervisor v51.1", "v51.2")]
    [InlineData("cloud-hypervisor v51.0", "CVE-2026-45782")]
    [InlineData("cloud-hypervisor v39.0.0", "v51.2")]
    [InlineData("cloud-hypervisor v52.0", "backs guest memory twice")]
    [InlineData("cloud-hypervisor v52.1", "v52")]
    [InlineData("cloud-hypervisor", "no version")]
    [InlineData("", "no version")]
    public void WhyRefused_Version_KnowsTheFloorAndTheHole(string text, string? reason)
    {
        string? refused = VersionFloor.WhyRefused(text);

        Assert.Equal(reason is null, refused is null);
        Assert.Contains(reason ?? "", refused ?? "");
    }

    [Fact]
    public void Hypervisor_OfARefusedVersion_IsNotMade()
    {
        HypervisorInfo info = new("/usr/bin/cloud-hypervisor", "cloud-hypervisor v52.0", Accelerator.Kvm, "cloud-hypervisor");

        HypervisorUnsupportedException error = Assert.Throws<HypervisorUnsupportedException>(() => new CloudHypervisorVmm(info));

        Assert.Contains("v52", error.Message);
    }
}
