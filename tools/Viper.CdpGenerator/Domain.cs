namespace Viper.CdpGenerator;

public sealed record Domain(
    string Name, Marks Marks, IReadOnlyList<TypeFacts> Types, IReadOnlyList<CommandFacts> Commands, IReadOnlyList<EventFacts> Events);
