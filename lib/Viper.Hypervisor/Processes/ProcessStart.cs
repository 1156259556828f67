using Viper.Hypervisor.Interop;

namespace Viper.Hypervisor.Processes;

/// <summary>What to spawn. The descriptors stay the caller's.</summary>
/// <param name="Program">An absolute path.</param>
/// <param name="Arguments">The arguments after the program's name.</param>
/// <param name="Output">Receives standard output and standard error.</param>
/// <param name="Passed">Descriptors that the child sees as 3, 4, …; it inherits no other.</param>
internal sealed record ProcessStart(string Program, IReadOnlyList<string> Arguments, SafeFd Output, IReadOnlyList<SafeFd> Passed)
{
    public const int FirstPassed = 3;
}
