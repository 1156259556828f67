namespace Viper.Cli.Commands;

/// <summary>What a member of a request is called on the command line.</summary>
internal static class CreateFlags
{
    /// <summary>The flag or argument behind a JSON pointer (RFC 6901); the pointer itself where there is none.</summary>
    internal static string Name(string pointer) => pointer.TrimStart('#').Split('/') switch
    {
        ["", "name"] => "NAME",
        ["", "cpu_cores"] => "--cpu",
        ["", "memory_mb"] => "--memory",
        ["", "image"] => "--image",
        ["", "labels", ..] => "--label",
        ["", "network", "policy"] => "--network",
        ["", "network", "allow", ..] => "--allow",
        ["", "network", "up_kbps"] => "--up-kbps",
        ["", "network", "down_kbps"] => "--down-kbps",
        ["", "network", "max_connections"] => "--max-connections",
        ["", "idle_timeout_seconds"] => "--idle-timeout",
        ["", "max_lifetime_seconds"] => "--max-lifetime",
        ["", "restart"] => "--restart",
        ["", "queue_wait_seconds"] => "--queue-wait",
        _ => pointer,
    };
}
