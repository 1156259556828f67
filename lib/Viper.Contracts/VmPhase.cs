namespace Viper.Contracts;

/// <summary>How far a starting VM has come, as spelled on the wire.</summary>
public static class VmPhase
{
    /// <summary>The address is being leased.</summary>
    public const string LeaseIp = "lease_ip";

    /// <summary>The tap is being made and joined to the bridge.</summary>
    public const string Network = "network";

    /// <summary>The VMM process is being started.</summary>
    public const string Spawn = "spawn";

    /// <summary>The guest's kernel and init are running.</summary>
    public const string Boot = "boot";

    /// <summary>The agent answered over the network.</summary>
    public const string AgentReady = "agent_ready";

    /// <summary>Chrome answered through the agent.</summary>
    public const string BrowserReady = "browser_ready";

    /// <summary>Everything the image promises answers.</summary>
    public const string Ready = "ready";
}
