namespace Viper.Cdp.Tests;

/// <summary>Tests that measure the process run after all others, one by one.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    internal const string Name = "alone";
}
