namespace Viper.TestKit.Hypervisor;

/// <summary>What a stand-in does wrong.</summary>
public enum StandInFaultKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Closes the connection without an answer.</summary>
    Close,

    /// <summary>Closes it within the answer.</summary>
    Cut,

    /// <summary>Answers with bytes that are no HTTP.</summary>
    Garbage,

    /// <summary>Answers 200 with a body that is no JSON.</summary>
    NotJson,

    /// <summary>Never answers.</summary>
    Hang,

    /// <summary>Ends the program with exit code 1, as a panic does.</summary>
    Panic,

    /// <summary>Answers 500 with an array of causes.</summary>
    Refuse,

    /// <summary>Answers 500 with an object that holds a raw line end.</summary>
    RefuseInvalidJson,

    /// <summary>Answers 500 without a body.</summary>
    RefuseSilently,

    /// <summary>Answers 204, and the guest does nothing.</summary>
    Ignore,

    /// <summary>Answers rightly, but late.</summary>
    Slow,

    /// <summary>Does what was asked, then ends with exit code 1 without an answer.</summary>
    PanicAfter,

    /// <summary>Does what was asked, then closes the connection without an answer.</summary>
    CloseAfter,

    /// <summary>Ends at once, as if by SIGKILL.</summary>
    Die,
}
