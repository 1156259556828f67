namespace Viper.Hypervisor.Qemu;

/// <summary>The kinds of message that QEMU sends.</summary>
internal enum QmpMessageKind
{
    /// <summary>{"QMP": …}, once.</summary>
    Greeting,

    /// <summary>{"return": …}.</summary>
    Return,

    /// <summary>{"error": {"class": …, "desc": …}}.</summary>
    Error,

    /// <summary>{"event": …, "data": …}.</summary>
    Event,
}
