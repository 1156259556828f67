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

    /// <summary>They are no frames as a client sends them (RFC 6455).</summary>
    Malformed,

    /// <summary>They begin a message that would have to be judged and is too long or in fragments.</summary>
    Unjudged,
}
