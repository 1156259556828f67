namespace Viper.Orchestration.Tests.Walks;

/// <summary>One step of a random walk: commands to different VMs at the same time, or something that happens.</summary>
/// <param name="What">What happens; <see cref="Commands"/> for commands.</param>
/// <param name="Orders">The VMs and what each is told.</param>
internal sealed record WalkStep(string What, params (string Name, string Command)[] Orders)
{
    public const string Commands = "commands";

    /// <summary>A command and a delete of the same VM at the same time.</summary>
    public const string Race = "race";

    public const string FiveMinutes = "5 minutes";
    public const string TenMinutes = "10 minutes";
    public const string HourForward = "wall clock forward";
    public const string HourBack = "wall clock back";
    public const string Death = "the engine is killed";

    /// <summary>The engine is killed within a start.</summary>
    public const string DeathAmidStart = "the engine is killed amid a start";

    /// <summary>The engine is killed within a stop.</summary>
    public const string DeathAmidStop = "the engine is killed amid a stop";

    /// <summary>The engine is killed within a deletion.</summary>
    public const string DeathAmidDelete = "the engine is killed amid a deletion";

    public override string ToString() => $"[{What}{string.Concat(Orders.Select(static order => $" {order.Command}({order.Name})"))}]";
}
