namespace Viper.EndToEnd.Tests.Matrix;

/// <summary>What a client was told when its browser went away under it.</summary>
/// <param name="Error">How the call failed that was under way.</param>
/// <param name="Code">The close code of its WebSocket.</param>
/// <param name="Reason">The close reason of its WebSocket.</param>
public sealed record ClientEnd(string Error, int Code, string Reason);
