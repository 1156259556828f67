using System.Net;
using Viper.Agent.Browser;
using Viper.Agent.Programs;

namespace Viper.Agent;

/// <summary>Where everything is. The program knows the guest's places alone; tests bring their own.</summary>
internal sealed record AgentOptions
{
    internal required IPAddress GuestAddress { get; init; }

    internal required IPAddress HostAddress { get; init; }

    internal int Port { get; init; } = 8765;

    internal string TokenPath { get; init; } = "/run/viper/token";

    internal string ConfigPath { get; init; } = "/run/viper/config.json";

    internal required string ConsolePath { get; init; }

    internal string InputDirectory { get; init; } = "/dev/input";

    internal BrowserOptions Browser { get; init; } = new();

    /// <summary>Gets where programs run and files lie.</summary>
    internal required WorkPlace Work { get; init; }

    /// <summary>Gets how long running requests and relays may take to end at the shutdown.</summary>
    internal TimeSpan RequestGrace { get; init; } = TimeSpan.FromSeconds(2);
}
