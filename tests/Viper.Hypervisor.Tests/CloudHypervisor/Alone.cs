namespace Viper.Hypervisor.Tests.CloudHypervisor;

/// <summary>Tests that look at the whole process.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
