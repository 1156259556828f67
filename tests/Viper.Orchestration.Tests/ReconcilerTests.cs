using System.Net;
using Viper.Contracts;
using Viper.Orchestration.Internal;

namespace Viper.Orchestration.Tests;

/// <summary>What no VM has goes, what one has stays.</summary>
public sealed class ReconcilerTests
{
    [Fact]
    public async Task Look_WhatNoVmHas_GoesWhenItIsSeenTwiceAndAnEventTells()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        await fixture.CreateReadyAsync("a");
        string[] folders = Folders(fixture);
        string[] taps = [.. fixture.Network.Taps.Keys];
        Directory.CreateDirectory(Path.Combine(fixture.Settings.RuntimeDirectory, "vms", "vm_nobodys"));
        fixture.Network.Taps["vt0badcafe"] = fixture.Network.Strays["vt0badcafe"] = IPAddress.Parse("192.168.127.99");
        Reconciler reconciler = fixture.Engine.MakeReconciler();

        Assert.Empty(await reconciler.LookAsync());
        Assert.Contains("vt0badcafe", fixture.Network.Taps.Keys);
        string[] removed = [.. await reconciler.LookAsync()];

        Assert.Equal(["tap vt0badcafe", "folder vm_nobodys"], removed);
        Assert.Equal(folders, Folders(fixture));
        Assert.Equal(taps, fixture.Network.Taps.Keys);
        Assert.Empty(await reconciler.LookAsync());
        Assert.Equal(VmStatus.Running, fixture.Engine.Get("a").Status);
        await fixture.Engine.DeleteAsync("a", TestContext.Current.CancellationToken);
        IReadOnlyList<VmEvent> events = await fixture.EventsUntilAsync(VmEventTypes.Deleted, "a");
        Assert.Equal(removed, events.Where(static e => e.Type == VmEventTypes.LeftoverRemoved).Select(static e => e.Data.GetProperty("what").GetString()));
    }

    /// <summary>A VM that comes up meanwhile is not taken for what nobody has.</summary>
    [Fact]
    public async Task Look_WhatAVmHasByTheSecondTime_Stays()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Network.Taps["vt0badcafe"] = fixture.Network.Strays["vt0badcafe"] = IPAddress.Parse("192.168.127.99");
        Reconciler reconciler = fixture.Engine.MakeReconciler();
        await reconciler.LookAsync();
        fixture.Network.Strays.Clear();

        Assert.Empty(await reconciler.LookAsync());

        Assert.Single(fixture.Network.Taps);
        fixture.Network.Taps.Clear();
    }

    [Fact]
    public async Task Repaired_ByTheNetwork_IsAnEvent()
    {
        await using EngineFixture fixture = await EngineFixture.OpenAsync();
        fixture.Network.Repaired!("port vt01");
        await fixture.CreateReadyAsync("a");

        VmEvent told = (await fixture.EventsUntilAsync(VmEventTypes.Ready, "a"))[0];

        Assert.Equal((VmEventTypes.NetworkRepaired, "port vt01", ""), (told.Type, told.Data.GetProperty("what").GetString(), told.Vm.Name));
    }

    private static string[] Folders(EngineFixture fixture) =>
        [.. Directory.GetDirectories(Path.Combine(fixture.Settings.RuntimeDirectory, "vms")).Select(static folder => Path.GetFileName(folder))];
}
