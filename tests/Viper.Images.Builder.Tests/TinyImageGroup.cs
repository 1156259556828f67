namespace Viper.Images.Builder.Tests;

/// <summary>The tests that share one build of the tiny image; they run one after another.</summary>
[CollectionDefinition(nameof(TinyImageGroup))]
public sealed class TinyImageGroup : ICollectionFixture<TinyImage>;
