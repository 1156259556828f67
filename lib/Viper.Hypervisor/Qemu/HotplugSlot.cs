using System.Globalization;

namespace Viper.Hypervisor.Qemu;

/// <summary>A place for a device that is plugged in later, and the id of the device in it, which also names what is behind it.</summary>
/// <param name="Number">The number of the place.</param>
/// <param name="IsDisk">A disk; otherwise a network card.</param>
internal readonly record struct HotplugSlot(int Number, bool IsDisk)
{
    private const string DiskPrefix = "plugged-disk";
    private const string NicPrefix = "plugged-nic";

    public string Id => (IsDisk ? DiskPrefix : NicPrefix) + Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The PCI port that is this place.</summary>
    public string Port => PortName(Number);

    public static string PortName(int number) => "slot" + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads an id; null when it is none of a plugged device.</summary>
    public static HotplugSlot? Parse(string id)
    {
        bool disk = id.StartsWith(DiskPrefix, StringComparison.Ordinal);
        bool nic = id.StartsWith(NicPrefix, StringComparison.Ordinal);
        string digits = disk ? id[DiskPrefix.Length..] : nic ? id[NicPrefix.Length..] : "";
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? new HotplugSlot(number, disk) : null;
    }
}
