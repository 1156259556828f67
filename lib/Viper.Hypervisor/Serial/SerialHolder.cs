namespace Viper.Hypervisor;

/// <summary>Who has the right to type into a serial port.</summary>
/// <param name="Name">The name that was given with the request, for people to read.</param>
/// <param name="Since">When the right was given.</param>
public sealed record SerialHolder(string Name, DateTimeOffset Since);
