namespace Viper.Orchestration.Internal;

/// <summary>What is known of a guest once it is ready.</summary>
/// <param name="Browser">The browser's name and version; null where the image has none.</param>
/// <param name="Milliseconds">When the guest did what, in milliseconds since its kernel started, as it says itself.</param>
internal sealed record GuestReport(string? Browser, IReadOnlyDictionary<string, double> Milliseconds);
