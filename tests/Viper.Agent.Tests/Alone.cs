namespace Viper.Agent.Tests;

/// <summary>Tests that keep the machine busy (programs that fork, copy and spin) run after all others, one by one: pages that move stand still beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    internal const string Name = "alone";
}
