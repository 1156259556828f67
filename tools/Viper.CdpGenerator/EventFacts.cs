namespace Viper.CdpGenerator;

public sealed record EventFacts(string Name, Marks Marks, IReadOnlyList<Member> Parameters);
