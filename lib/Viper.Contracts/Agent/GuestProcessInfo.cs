namespace Viper.Contracts.Agent;

/// <summary>A program that was started in the guest.</summary>
public sealed record GuestProcessInfo
{
    /// <summary>Gets its id, by which paths name it (<c>/processes/{id}/…</c>).</summary>
    public required string Id { get; init; }

    /// <summary>Gets the number of its process in the guest.</summary>
    public required int Pid { get; init; }

    /// <summary>Gets the program.</summary>
    public required string Command { get; init; }

    /// <summary>Gets its arguments.</summary>
    public required IReadOnlyList<string> Args { get; init; }

    /// <summary>Gets the folder it was started in.</summary>
    public required string Cwd { get; init; }

    /// <summary>Gets a value indicating whether it has a terminal.</summary>
    public required bool Tty { get; init; }

    /// <summary>Gets when it was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets how many bytes it has written to its standard output, or terminal.</summary>
    public required long StdoutBytes { get; init; }

    /// <summary>Gets how many bytes it has written to its standard error.</summary>
    public required long StderrBytes { get; init; }

    /// <summary>Gets how it ended; null while it runs.</summary>
    public ProcessExit? Exit { get; init; }
}
