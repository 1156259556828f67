using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Viper.Hypervisor;
using Viper.Net;
using Viper.Orchestration;
using Viper.State;

namespace Viper.EngineHost;

/// <summary>Which state machines are async methods of the engine, and what those are called.</summary>
internal static class AwaitNames
{
    private static readonly Assembly[] s_assemblies =
        [typeof(VmEngine).Assembly, typeof(StateStore).Assembly, typeof(IHypervisor).Assembly, typeof(RouteSocket).Assembly, typeof(AwaitSample).Assembly];

    private static readonly HashSet<string> s_known =
        [.. s_assemblies.SelectMany(static assembly => assembly.GetTypes()).Where(static type => typeof(IAsyncStateMachine).IsAssignableFrom(type)).Select(static type => type.Name)];

    /// <summary>The async method that is about to be suspended on this thread, as <c>Type.Method</c>; null if it is none of the engine's.</summary>
    /// <param name="machine">The name of its state machine, which alone may belong to several methods.</param>
    public static string? OfSuspending(string machine)
    {
        if (!s_known.Contains(machine))
        {
            return null;
        }

        foreach (StackFrame frame in new StackTrace(fNeedFileInfo: false).GetFrames())
        {
            if (frame.GetMethod() is { Name: "MoveNext" or "System.Runtime.CompilerServices.IAsyncStateMachine.MoveNext", DeclaringType: { } type } && type.Name == machine)
            {
                return s_assemblies.Contains(type.Assembly) && !IsOfHost(type) ? Words(type) : null;
            }
        }

        throw new InvalidOperationException($"Nothing on the stack is {machine}.");
    }

    private static bool IsOfHost(Type machine) => machine.Assembly == typeof(AwaitSample).Assembly && Outermost(machine) != typeof(AwaitSample);

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type;
    }

    // <BootAsync>d__5 in VmActor; <<StopAsync>b__0>d in VmActor.<>c__DisplayClass7_0; <<PostStart>g__RunAsync|0>d likewise.
    private static string Words(Type machine)
    {
        string method = machine.Name[..machine.Name.LastIndexOf('>')].Replace("<", "", StringComparison.Ordinal).Replace('>', '.');
        int end = method.IndexOf('|', StringComparison.Ordinal);
        return $"{Outermost(machine).Name}.{(end < 0 ? method : method[..end])}";
    }
}
