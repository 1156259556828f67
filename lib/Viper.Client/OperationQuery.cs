using Viper.Contracts;

namespace Viper.Client;

/// <summary>Which operations to list.</summary>
public sealed record OperationQuery
{
    /// <summary>Only operations of this status, one of <see cref="OperationStatuses"/>; null for all.</summary>
    public string? Status { get; init; }

    /// <summary>Only operations about a VM of this name, past ones too; null for all.</summary>
    public string? Vm { get; init; }

    /// <summary>The size of a page, 1 to 500; 50 where null.</summary>
    public int? Limit { get; init; }

    /// <summary>The <c>next_cursor</c> of the page before; null for the first page.</summary>
    public string? Cursor { get; init; }
}
