namespace Viper.Orchestration.Network.Names;

/// <summary>What guests may ask of the host's names, so that none takes all of it.</summary>
internal sealed record DnsLimits
{
    /// <summary>The largest question, in bytes.</summary>
    internal int QuestionBytes { get; init; } = 4096;

    /// <summary>Questions that may be under way: all of them, and of one guest.</summary>
    internal (int All, int Each) Questions { get; init; } = (256, 32);

    /// <summary>TCP connections that may be open: all of them, and of one guest.</summary>
    internal (int All, int Each) Connections { get; init; } = (64, 4);

    /// <summary>How many questions one TCP connection may ask.</summary>
    internal int QuestionsOfConnection { get; init; } = 100;

    /// <summary>How long a server may take to answer, before the next one is asked.</summary>
    internal TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a guest may leave a TCP connection idle, or an answer unread.</summary>
    internal TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(10);
}
