namespace Viper.Daemon.Relay;

/// <summary>What is to be done with the bytes at the front of what a client sent.</summary>
internal enum GateStep
{
    /// <summary>Nothing yet: more must come before they can be told.</summary>
    Wait,

    /// <summary>They pass as they are.</summary>
    Pass,

    /// <summary>They are a whole message that is to be judged.</summary>
    Judge,

    /// <summary>They begin a message that does not pass; its client is told so.</summary>
    Refuse,

    /// <summary>They belong to a message that does not pass.</summary>
    Drop,

    /// <summary>They are no frames as a client sends them (RFC 6455).</summary>
    Malformed,

    /// <summary>They show that a message is none that can be read, after it had begun to pass.</summary>
    Unreadable,
}
