namespace Viper.Client;

/// <summary>Which part of a VM's logs to read.</summary>
public sealed record LogQuery
{
    /// <summary><c>serial</c> or <c>hypervisor</c>.</summary>
    public string Source { get; init; } = "serial";

    /// <summary>How many lines of the past, 0 to 100,000.</summary>
    public int Tail { get; init; } = 200;

    /// <summary>Whether to go on until the VM is deleted.</summary>
    public bool Follow { get; init; }
}
