using System.Text.Json;

namespace Viper.Cdp;

/// <summary>An event of Chrome.</summary>
/// <param name="Method">Its name (<c>Page.lifecycleEvent</c>).</param>
/// <param name="SessionId">The session that it belongs to; null for the browser's own.</param>
/// <param name="Parameters">Its parameters; <see cref="JsonValueKind.Undefined"/> when it has none. Owned by the receiver.</param>
public readonly record struct CdpEvent(string Method, string? SessionId, JsonElement Parameters);
