using System.Text;
using Viper.Images;

namespace Viper.Orchestration.Guest;

/// <summary>The archive that carries a VM's secret into its guest.</summary>
internal static class GuestSecrets
{
    /// <summary>Writes an uncompressed archive that holds <c>/viper/token</c>, readable by the guest's root alone.</summary>
    public static void Write(Stream target, string token)
    {
        using CpioWriter archive = new(target, leaveOpen: true);
        archive.AddDirectory("viper", 0x1C0);
        archive.AddFile("viper/token", 0x100, Encoding.ASCII.GetBytes(token + "\n"));
    }
}
