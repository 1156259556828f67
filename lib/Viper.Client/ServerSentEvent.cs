namespace Viper.Client;

/// <summary>One server-sent event as it stood in the stream.</summary>
/// <param name="Id">The last <c>id</c> seen so far; empty where none was.</param>
/// <param name="Type">The <c>event</c>; <c>message</c> where none was given.</param>
/// <param name="Data">The <c>data</c> lines, joined by line feeds.</param>
public sealed record ServerSentEvent(string Id, string Type, string Data);
