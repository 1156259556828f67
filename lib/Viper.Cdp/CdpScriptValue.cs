using System.Text.Json;

namespace Viper.Cdp;

/// <summary>What a script in a page came to.</summary>
/// <param name="Type">Its JavaScript type, <c>object</c> for null too (<c>typeof</c>).</param>
/// <param name="Value">The value as JSON; <see cref="JsonValueKind.Undefined"/> where there is none.</param>
/// <param name="Unserializable">What JSON cannot hold, as it is written: <c>NaN</c>, <c>Infinity</c>, <c>-0</c>, <c>12n</c>; else null.</param>
public sealed record CdpScriptValue(string Type, JsonElement Value, string? Unserializable);
