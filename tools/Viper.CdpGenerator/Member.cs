namespace Viper.CdpGenerator;

/// <summary>A member of an object, a parameter or a result. Its type is a plain one, <c>Domain.Type</c>, or either behind <c>[]</c>.</summary>
public sealed record Member(string Name, string Type, Marks Marks, IReadOnlyList<string> Values)
{
    public bool IsOptional => Marks.HasFlag(Marks.Optional);
}
