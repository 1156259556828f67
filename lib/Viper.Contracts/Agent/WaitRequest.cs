using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The body of <c>POST /wait</c>: exactly one thing to wait for.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WaitRequest
{
    /// <summary>Gets a CSS selector whose first element is to be as <see cref="State"/> says.</summary>
    public string? Selector { get; init; }

    /// <summary>Gets how the selector's element is to be; <see cref="ElementState.Visible"/> when absent.</summary>
    public ElementState? State { get; init; }

    /// <summary>Gets a text that is to be on the page.</summary>
    public string? Text { get; init; }

    /// <summary>Gets a text that is to be gone from the page.</summary>
    public string? TextGone { get; init; }

    /// <summary>Gets the address that the page is to have; <c>*</c> stands for anything but a slash, <c>**</c> for anything.</summary>
    public string? Url { get; init; }

    /// <summary>Gets a function or expression that is to be truthy.</summary>
    public string? Function { get; init; }

    /// <summary>Gets whether the document is to have had no request for half a second, once since it was opened.</summary>
    public bool? NetworkIdle { get; init; }

    /// <summary>Gets how far the document is to be loaded.</summary>
    public LoadState? LoadState { get; init; }

    /// <summary>Gets a time in milliseconds that is to pass, 0 to 600,000.</summary>
    public int? TimeMs { get; init; }

    /// <summary>Gets the deadline in milliseconds, 1 to 600,000; 30,000 when absent.</summary>
    public int? TimeoutMs { get; init; }
}
