namespace Viper.Hypervisor.Tests.Recording;

/// <summary>An answer as it came: its status, its head and its body, with plain line ends.</summary>
public sealed record RawAnswer(int Status, string Head, string Body);
