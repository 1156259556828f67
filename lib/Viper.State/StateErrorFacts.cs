namespace Viper.State;

/// <summary>What every <see cref="StateException"/> says about where it happened.</summary>
internal readonly record struct StateErrorFacts(string Operation, string DatabasePath, int SqliteExtendedCode = 0);
