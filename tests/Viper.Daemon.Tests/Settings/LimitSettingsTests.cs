using System.Text;
using Viper.Daemon.Settings;
using Viper.Orchestration;

namespace Viper.Daemon.Tests.Settings;

public sealed class LimitSettingsTests
{
    [Fact]
    public void Limits_OfTheFile_AreNumbersOrTexts()
    {
        EngineLimits limits = Load("""{"stateDir":"/tmp/x","maxVms":20,"memoryOvercommit":1.5,"cpuOvercommit":"4","queueTimeoutSeconds":7}""").Engine.Limits;

        Assert.Equal((20, 1.5, 4, TimeSpan.FromSeconds(7)), (limits.MaxVms, limits.MemoryOvercommit, limits.CpuOvercommit, limits.QueueTimeout));
        Assert.Equal(new EngineLimits().QueueLength, limits.QueueLength);
    }

    [Theory]
    [InlineData("maxVms", "-1")]
    [InlineData("maxVms", "many")]
    [InlineData("memoryOvercommit", "-0.5")]
    [InlineData("memoryOvercommit", "NaN")]
    [InlineData("queueTimeoutSeconds", "3601")]
    public void Limits_OutOfRange_NameTheSetting(string name, string value)
    {
        SettingsException refused = Assert.Throws<SettingsException>(() => Load($$"""{"stateDir":"/tmp/x","{{name}}":"{{value}}"}"""));

        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    private static DaemonSettings Load(string file) => SettingsLoader.Load(
        new SettingsSource(new Dictionary<string, string>(), static name => name == "HOME" ? "/tmp" : null, SettingsFile.Parse(Encoding.UTF8.GetBytes(file), "f")),
        static _ => false);
}
