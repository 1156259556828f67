namespace Viper.Contracts;

/// <summary>What <c>GET /api/v1/system/version</c> answers.</summary>
/// <param name="Version">The daemon's version.</param>
/// <param name="ApiVersion">The version of the API: <c>v1</c>.</param>
/// <param name="Runtime">The .NET runtime that the daemon runs on.</param>
public sealed record VersionInfo(string Version, string ApiVersion, string Runtime);
