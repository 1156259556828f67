using System.Runtime.CompilerServices;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests;

/// <summary>Lets this test program start itself again as a stand-in VMM.</summary>
internal static class StandInEntry
{
    [ModuleInitializer]
    internal static void Enter() => StandInProgram.RunIfAsked();
}
