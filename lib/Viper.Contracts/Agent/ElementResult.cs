namespace Viper.Contracts.Agent;

/// <summary>What an action on an element came to.</summary>
public sealed record ElementResult
{
    /// <summary>Gets what was acted on (<c>button#go "Go"</c>); absent where nothing was there.</summary>
    public string? Element { get; init; }

    /// <summary>Gets a value indicating whether the page went to another document or place because of it.</summary>
    public required bool Navigated { get; init; }

    /// <summary>Gets the dialogs that it opened, each answered as a person does who presses Escape.</summary>
    public IReadOnlyList<DialogInfo>? Dialogs { get; init; }

    /// <summary>Gets the ids of the pages that it opened.</summary>
    public IReadOnlyList<string>? Pages { get; init; }

    /// <summary>Gets the names of the files whose download it began.</summary>
    public IReadOnlyList<string>? Downloads { get; init; }
}
