namespace Viper.Integration.Tests.Engine;

/// <summary>A named place in what an engine does for a command.</summary>
/// <param name="Command">What it does.</param>
/// <param name="Name">The place: an await, or the N-th call of a system function.</param>
internal sealed record CrashPoint(string Command, string Name)
{
    public override string ToString() => $"{Command}: {Name}";
}
