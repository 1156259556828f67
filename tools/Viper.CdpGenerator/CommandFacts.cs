namespace Viper.CdpGenerator;

public sealed record CommandFacts(string Name, Marks Marks, IReadOnlyList<Member> Parameters, IReadOnlyList<Member> Returns);
