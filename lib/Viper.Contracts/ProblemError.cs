namespace Viper.Contracts;

/// <summary>One wrong member of a request.</summary>
/// <param name="Pointer">Where it stands, as a JSON Pointer in a URI fragment: <c>#/cpu_cores</c>.</param>
/// <param name="Code">What is wrong with it: <c>required</c>, <c>range</c>, <c>format</c>, <c>type</c> or <c>unknown_field</c>.</param>
/// <param name="Detail">What would be right.</param>
public sealed record ProblemError(string Pointer, string Code, string Detail);
