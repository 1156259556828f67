using Viper.Contracts;
using Viper.Orchestration.Lifecycle;

namespace Viper.Orchestration.Tests.Lifecycle;

public sealed class LifecycleTableTests
{
    [Fact]
    public void Document_HoldsTheTables()
    {
        string path = LifecycleDocument.Path();
        string document = File.ReadAllText(path);
        if (Environment.GetEnvironmentVariable("VIPER_ACCEPT_DOCS") == "1")
        {
            document = LifecycleDocument.WithSection(document, "commands", LifecycleDocument.Commands());
            document = LifecycleDocument.WithSection(document, "occurrences", LifecycleDocument.Occurrences());
            File.WriteAllText(path, document);
        }

        Assert.Equal(LifecycleDocument.Commands(), LifecycleDocument.Section(document, "commands"));
        Assert.Equal(LifecycleDocument.Occurrences(), LifecycleDocument.Section(document, "occurrences"));
    }

    [Fact]
    public void Delete_FromEveryStatus_EndsWithNothing() =>
        Assert.All(VmStatus.All, static status => Assert.Equal(VmLifecycle.Gone, VmLifecycle.On(status, VmCommand.Delete).To));

    [Fact]
    public void Go_FromEveryStatus_LeadsSomewhere() => Assert.All(Cells(), static outcome =>
    {
        Assert.Equal(outcome.Verdict is VmVerdict.Go or VmVerdict.Wait, outcome.Way.Count > 0);
        Assert.Equal(outcome.Verdict is VmVerdict.Refuse, outcome.Code is not null);
        Assert.All(outcome.Way, static status => Assert.True(status == VmLifecycle.Gone || VmStatus.All.Contains(status)));
    });

    [Fact]
    public void On_AStatusThatIsNone_Throws() => Assert.Throws<ArgumentException>(static () => VmLifecycle.On("asleep", VmCommand.Start));

    private static IEnumerable<VmOutcome> Cells() => VmStatus.All.SelectMany(static status =>
        Enum.GetValues<VmCommand>().Select(c => VmLifecycle.On(status, c)).Concat(Enum.GetValues<VmOccurrence>().Select(o => VmLifecycle.On(status, o))));
}
