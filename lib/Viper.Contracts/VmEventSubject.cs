namespace Viper.Contracts;

/// <summary>The VM that an event is about.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Name">Its name.</param>
/// <param name="Status">Its status as of the event.</param>
public sealed record VmEventSubject(string Id, string Name, string Status);
