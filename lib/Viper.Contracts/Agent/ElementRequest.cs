using System.Text.Json.Serialization;

namespace Viper.Contracts.Agent;

/// <summary>The body of <c>POST /click</c>, <c>/hover</c>, <c>/focus</c>, <c>/type</c>, <c>/fill</c>, <c>/press</c>, <c>/select</c> and <c>/check</c>.</summary>
/// <remarks>A member that the path has no use for is refused.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ElementRequest
{
    /// <summary>Gets the element: a CSS selector, which reaches into open shadow roots, or <c>text=</c> and the text of one. <c>/press</c> and <c>/type</c> do without: then what has the focus is meant.</summary>
    public string? Target { get; init; }

    /// <summary>Gets a place in CSS pixels of the window, instead of an element, for <c>/click</c> and <c>/hover</c>.</summary>
    public double? X { get; init; }

    /// <summary>Gets the other half of the place.</summary>
    public double? Y { get; init; }

    /// <summary>Gets the button of a click; <see cref="MouseButton.Left"/> when absent.</summary>
    public MouseButton? Button { get; init; }

    /// <summary>Gets whether a click is a double one.</summary>
    public bool? DoubleClick { get; init; }

    /// <summary>Gets the keys that are held during a click.</summary>
    public IReadOnlyList<KeyModifier>? Modifiers { get; init; }

    /// <summary>Gets the text of <c>/type</c>, which is typed after what is there, or of <c>/fill</c>, which takes its place.</summary>
    public string? Text { get; init; }

    /// <summary>Gets whether Enter is pressed after typing or filling.</summary>
    public bool? Submit { get; init; }

    /// <summary>Gets the key of <c>/press</c>, with those that are held (<c>Enter</c>, <c>Control+a</c>).</summary>
    public string? Key { get; init; }

    /// <summary>Gets the options of <c>/select</c>, by their values or their texts.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>Gets whether <c>/check</c> sets the box or clears it; true when absent.</summary>
    public bool? Checked { get; init; }

    /// <summary>Gets the deadline in milliseconds, 1 to 600,000; 30,000 when absent.</summary>
    public int? TimeoutMs { get; init; }
}
