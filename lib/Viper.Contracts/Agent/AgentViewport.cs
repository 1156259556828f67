namespace Viper.Contracts.Agent;

/// <summary>The size of Chrome's window.</summary>
public sealed record AgentViewport
{
    /// <summary>Gets the width in CSS pixels, 1 to 16384.</summary>
    public required int Width { get; init; }

    /// <summary>Gets the height in CSS pixels, 1 to 16384.</summary>
    public required int Height { get; init; }

    /// <summary>Gets the device pixels per CSS pixel; 1 when null.</summary>
    public double? DeviceScaleFactor { get; init; }
}
