using Viper.Client;
using Viper.Contracts;
using Viper.Stage;

namespace Viper.EndToEnd.Tests;

/// <summary>Tests on the shared stage; a test that fails half-way leaves no VM to the next.</summary>
public abstract class SharedStageTests(SharedStage shared) : IAsyncLifetime
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected ViperStage Stage => shared.Stage;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (Vm vm in (await Stage.Client.ListVmsAsync(new VmQuery(), CancellationToken.None)).Items)
        {
            await Stage.Client.DeleteVmAsync(vm.Name, CancellationToken.None);
        }
    }
}
