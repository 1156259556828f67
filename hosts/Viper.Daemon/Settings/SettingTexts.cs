using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Viper.Daemon.Settings;

/// <summary>The types that settings have.</summary>
internal static class SettingTexts
{
    internal static IReadOnlyList<string> Items(SettingValue? value) =>
        value is null ? [] : value.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal static IReadOnlyList<IPNetwork> Networks(SettingValue? value) =>
    [
        .. Items(value).Select(item => IPNetwork.TryParse(item, out IPNetwork network) ? network
            : IPAddress.TryParse(item, out IPAddress? address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw value!.NotA("a comma-separated list of networks such as 10.0.0.0/8")),
    ];

    internal static IPNetwork? Subnet(SettingValue? value) => value is null ? null
        : IPNetwork.TryParse(value.Text, out IPNetwork network) && network.BaseAddress.AddressFamily == AddressFamily.InterNetwork && network.PrefixLength is >= 16 and <= 30 ? network
        : throw value.NotA("an IPv4 network of /16 to /30 such as 192.168.127.0/24");

    internal static IPAddress? Address(SettingValue? value) => value is null ? null : V4(value.Text) ?? throw value.NotA("an IPv4 address");

    internal static IReadOnlyList<IPAddress> Resolvers(SettingValue? value)
    {
        IReadOnlyList<string> items = Items(value);
        IPAddress[] addresses = [.. items.Select(V4).OfType<IPAddress>()];
        return addresses.Length == items.Count && addresses.Length <= 2 ? addresses : throw value!.NotA("at most two IPv4 addresses, comma-separated");
    }

    internal static string? File(SettingValue? value) => value is null ? null
        : value.Text.Length > 0 && !value.Text.Contains('\0') ? Path.GetFullPath(value.Text)
        : throw value.NotA("the path of a file");

    internal static string? Name(SettingValue? value, string expected, int maxLength) => value is null ? null
        : value.Text.Length > 0 && value.Text.Length <= maxLength && value.Text is not ("." or "..") && value.Text.All(c => c is > ' ' and <= '~' and not ('/' or ':')) ? value.Text
        : throw value.NotA(expected);

    internal static int? Number(SettingValue? value, int min, int max) => value is null ? null
        : int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max ? number
        : throw value.NotA($"a whole number from {min} to {max}");

    internal static TimeSpan? Seconds(SettingValue? value, int min, int max) =>
        Number(value, min, max) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    internal static bool? Switch(SettingValue? value) => value?.Text switch
    {
        null => null,
        "on" => true,
        "off" => false,
        _ => throw value.NotA("on or off"),
    };

    internal static double? Ratio(SettingValue? value) => value is null ? null
        : double.TryParse(value.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double ratio) && ratio <= 1000 ? ratio
        : throw value.NotA("a number from 0 to 1000, such as 1.5");

    // Four decimal parts only: "1" and "0x7f000001" parse as addresses too.
    private static IPAddress? V4(string text) =>
        text.Split('.').Length == 4 && IPAddress.TryParse(text, out IPAddress? address) && address.ToString() == text ? address : null;
}
