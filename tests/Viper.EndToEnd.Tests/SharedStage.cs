using Viper.EndToEnd.Tests;
using Viper.Stage;

[assembly: AssemblyFixture(typeof(SharedStage))]

namespace Viper.EndToEnd.Tests;

/// <summary>One stage with a daemon for all tests that leave it as they found it.</summary>
public sealed class SharedStage : IAsyncLifetime
{
    /// <summary>How long a test waits for what must come; generous, for machines are shared and emulated.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public ViperStage Stage { get; private set; } = null!;

    public static StageOptions Options => StageOptions.ForTree(AppContext.BaseDirectory);

    public async ValueTask InitializeAsync() => Stage = await ViperStage.StartAsync(Options with { ListensOnTcp = true }, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        ViperStage stage = Stage;
        await stage.DisposeAsync();
        if (Directory.Exists(stage.Folder) || Leftovers.Processes(stage.Folder).Count > 0)
        {
            throw new InvalidOperationException($"The stage left something behind in {stage.Folder}.");
        }
    }
}
