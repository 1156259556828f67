using System.Text.Json.Serialization;

namespace Viper.Daemon.Commands;

/// <summary>One thing that VMs need of the host.</summary>
/// <param name="Name">What was looked at, in a few words.</param>
/// <param name="Ok">Whether it is as it should be.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Fix">What to do about it; null where nothing is to be done.</param>
internal sealed record DoctorCheck(
    string Name, bool Ok, string Detail, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Fix = null)
{
    /// <summary>Whether it could be looked at; an ordinary user cannot see everything.</summary>
    public bool Known { get; init; } = true;
}
