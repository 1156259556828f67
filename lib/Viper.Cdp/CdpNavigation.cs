namespace Viper.Cdp;

/// <summary>What a navigation came to.</summary>
/// <param name="HttpStatus">The HTTP status of the document; null where there is none.</param>
/// <param name="HasNewDocument">Whether a new document was loaded; false for a step within the same one.</param>
public sealed record CdpNavigation(int? HttpStatus, bool HasNewDocument);
