namespace Viper.Hypervisor;

/// <summary>The guest did not let go of a device in time; the device is still there, and removing it may be asked for again.</summary>
public sealed class DeviceRemovalException : HypervisorException
{
    internal DeviceRemovalException(string machine, string deviceId, string reason, Exception? inner = null)
        : base($"The device '{deviceId}' of the machine '{machine}' was not removed: {reason}.", inner)
    {
        Machine = machine;
        DeviceId = deviceId;
    }

    /// <summary>The name of the machine.</summary>
    public string Machine { get; }

    /// <summary>The device.</summary>
    public string DeviceId { get; }
}
