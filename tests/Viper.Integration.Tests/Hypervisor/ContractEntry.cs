using System.Runtime.CompilerServices;
using Viper.TestKit.Hypervisor;

namespace Viper.Integration.Tests.Hypervisor;

/// <summary>Lets this test program start itself again: as a stand-in VMM, and as a daemon that starts a machine and is killed.</summary>
internal static class ContractEntry
{
    [ModuleInitializer]
    internal static void Enter()
    {
        StandInProgram.RunIfAsked();
        FirstDaemon.RunIfAsked();
    }
}
