namespace Viper.Client;

/// <summary>Which VMs to list.</summary>
public sealed record VmQuery
{
    /// <summary>Only VMs of this status; null for all.</summary>
    public string? Status { get; init; }

    /// <summary>Only VMs that have all of these labels; null for all.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The size of a page, 1 to 500; 50 where null.</summary>
    public int? Limit { get; init; }

    /// <summary>The <c>next_cursor</c> of the page before; null for the first page.</summary>
    public string? Cursor { get; init; }
}
