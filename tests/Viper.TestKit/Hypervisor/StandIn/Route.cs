using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>An operation of the API.</summary>
/// <param name="Failure">What errors of it are called.</param>
/// <param name="Body">The type of its body; null if it takes none.</param>
/// <param name="Handle">What it does; gives the body of the answer, or null for 204.</param>
internal sealed record Route(
    string Failure, SerdeStruct? Body, Func<JsonObject, List<SafeFileHandle>, Task<JsonObject?>> Handle)
{
    /// <summary>Whether it only asks.</summary>
    public bool IsQuery { get; init; }
}
