using System.Runtime.ExceptionServices;

using Viper.Net.Protocol;

namespace Viper.Net.Internal;

/// <summary>One request in flight and what has been answered to it; its fields are touched under the channel's lock only.</summary>
internal sealed class Exchange
{
    /// <summary>The sequence numbers that belong to it, both included.</summary>
    internal uint First { get; private set; }

    internal uint Last { get; private set; }

    internal MessageHandler? Handler { get; private set; }

    internal object? Receiver { get; private set; }

    internal bool IsDone { get; set; }

    /// <summary>The list changed while the kernel wrote it.</summary>
    internal bool IsInterrupted { get; set; }

    internal Acknowledgement Answer { get; set; }

    /// <summary>The number of the message that <see cref="Answer"/> is about.</summary>
    internal uint AnsweredSequence { get; set; }

    /// <summary>Not 0: part of the answer was lost, with this errno as the reason.</summary>
    internal int LostErrno { get; set; }

    /// <summary>What the handler threw.</summary>
    internal ExceptionDispatchInfo? Failure { get; set; }

    internal bool Owns(uint sequence) => unchecked(sequence - First) <= unchecked(Last - First);

    internal void Start(uint first, uint last, MessageHandler? handler, object? receiver)
    {
        (First, Last, Handler, Receiver) = (first, last, handler, receiver);
        (IsDone, IsInterrupted, LostErrno, Answer, AnsweredSequence) = (false, false, 0, default, 0);
        Failure = null;
    }

    internal void Forget() => (Handler, Receiver, Answer, Failure) = (null, null, default, null);
}
