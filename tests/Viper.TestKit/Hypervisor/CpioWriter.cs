using System.Globalization;
using System.Text;

namespace Viper.TestKit.Hypervisor;

/// <summary>Writes an initramfs archive in the "newc" format.</summary>
/// <remarks>Documentation/driver-api/early-userspace/buffer-format.rst of the kernel.</remarks>
public sealed class CpioWriter(Stream output)
{
    private const int DirectoryMode = 0x41ED;
    private const int FileMode = 0x81ED;
    private const int CharacterDeviceMode = 0x2180;

    private int _inode;

    public void Directory(string name) => Entry(name, DirectoryMode, [], 0, 0);

    public void File(string name, ReadOnlySpan<byte> content) => Entry(name, FileMode, content, 0, 0);

    public void CharacterDevice(string name, int major, int minor) => Entry(name, CharacterDeviceMode, [], major, minor);

    public void Finish() => Entry("TRAILER!!!", 0, [], 0, 0);

    // 070701, then 13 fields of 8 hexadecimal digits, the name with its NUL, padding to 4, the content, padding to 4.
    private void Entry(string name, int mode, ReadOnlySpan<byte> content, int major, int minor)
    {
        byte[] nameBytes = [.. Encoding.UTF8.GetBytes(name), 0];
        int[] fields = [++_inode, mode, 0, 0, 1, 0, content.Length, 0, 0, major, minor, nameBytes.Length, 0];
        StringBuilder header = new("070701");
        foreach (int field in fields)
        {
            header.Append(field.ToString("X8", CultureInfo.InvariantCulture));
        }

        output.Write(Encoding.ASCII.GetBytes(header.ToString()));
        output.Write(nameBytes);
        Pad(header.Length + nameBytes.Length);
        output.Write(content);
        Pad(content.Length);
    }

    private void Pad(int length) => output.Write(new byte[(4 - (length % 4)) % 4]);
}
