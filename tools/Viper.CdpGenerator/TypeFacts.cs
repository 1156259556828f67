namespace Viper.CdpGenerator;

/// <summary>A type of a domain: an object with members, or another name for <paramref name="Type"/>.</summary>
public sealed record TypeFacts(string Name, string Type, Marks Marks, IReadOnlyList<string> Values, IReadOnlyList<Member> Members);
