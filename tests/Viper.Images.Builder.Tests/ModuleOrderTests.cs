using Viper.Images.Builder.Kernel;

namespace Viper.Images.Builder.Tests;

public sealed class ModuleOrderTests
{
    private static readonly Dictionary<string, string[]> s_needs = new()
    {
        ["virtio"] = ["virtio_ring"],
        ["virtio_ring"] = [],
        ["virtio_blk"] = ["virtio", "virtio_ring"],
        ["virtio_net"] = ["net_failover", "virtio"],
        ["net_failover"] = ["failover"],
        ["failover"] = [],
        ["chicken"] = ["egg"],
        ["egg"] = ["chicken"],
        ["lost"] = ["nowhere"],
    };

    [Fact]
    public void Add_Wanted_ComesAfterWhatItNeeds() =>
        Assert.Equal(["virtio_ring", "virtio", "virtio_blk"], Order().Add(["virtio_blk"]));

    [Fact]
    public void Add_ASecondCall_GivesOnlyWhatIsNew()
    {
        ModuleOrder order = Order();
        order.Add(["virtio_blk"]);

        Assert.Equal(["failover", "net_failover", "virtio_net"], order.Add(["virtio-net", "virtio_blk"]));
    }

    [Fact]
    public void Add_BuiltIn_IsLeftOut() => Assert.Empty(Order().Add(["rng-core"]));

    [Theory]
    [InlineData("nowhere", "'nowhere' (the recipe asks for it)")]
    [InlineData("lost", "'nowhere' (lost needs it)")]
    [InlineData("chicken", "chicken -> egg -> chicken")]
    public void Add_Impossible_SaysWhy(string name, string message) =>
        Assert.Contains(message, Assert.Throws<ImageBuildException>(() => Order().Add([name])).Message, StringComparison.Ordinal);

    private static ModuleOrder Order() => new(s_needs.Keys.ToDictionary(name => name), ["rng_core"], file => s_needs[file]);
}
