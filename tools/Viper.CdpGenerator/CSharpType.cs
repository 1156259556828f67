namespace Viper.CdpGenerator;

/// <summary>How a type of the protocol is spelled, read, written and viewed in C#.</summary>
/// <param name="Name">The type's name, not nullable.</param>
/// <param name="IsValue">Whether it is a value type, whose absence needs a question mark's Nullable.</param>
/// <param name="Read">Reads it; <c>r</c> is at its first token.</param>
/// <param name="Write">Writes the value <c>v</c> with <c>w</c>.</param>
/// <param name="ViewName">The type of its view.</param>
/// <param name="View">Makes the view of <c>j</c>.</param>
internal sealed record CSharpType(string Name, bool IsValue, string Read, string Write, string ViewName, string View)
{
    /// <summary>Gets a value indicating whether the type's default already says that there is none.</summary>
    public bool HasOwnAbsence => Name == "CdpValue";

    public string Nullable => HasOwnAbsence ? Name : Name + "?";

    /// <summary>What a required property of it holds before it is set.</summary>
    public string Initial => IsValue ? "" : Name == "string" ? " = string.Empty;" : Name.StartsWith("IReadOnlyList", StringComparison.Ordinal) || Name == "byte[]" ? " = [];" : " = null!;";
}
