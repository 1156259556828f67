using System.Globalization;
using System.Text;

namespace Viper.Bench.Boot;

/// <summary>The command line of a QEMU that viperd started, and a copy of its initramfs, to start the same machine without viperd.</summary>
/// <param name="Program">The QEMU program.</param>
/// <param name="Arguments">Its arguments, as the kernel has them.</param>
/// <param name="Initramfs">A copy of the VM's initramfs.</param>
internal sealed record QemuCapture(string Program, IReadOnlyList<string> Arguments, string Initramfs)
{
    private const string TapMark = "ifname=";

    /// <summary>The tap's name.</summary>
    public string Tap => Arguments.SelectMany(static a => a.Split(',')).First(static w => w.StartsWith(TapMark, StringComparison.Ordinal))[TapMark.Length..];

    /// <summary>Takes the command line of a running VMM, and its initramfs into <paramref name="folder"/>.</summary>
    public static QemuCapture Take(int pid, string folder)
    {
        string process = "/proc/" + pid.ToString(CultureInfo.InvariantCulture);
        string[] words = Encoding.UTF8.GetString(File.ReadAllBytes(process + "/cmdline")).TrimEnd('\0').Split('\0');
        string copy = Path.Combine(folder, "initramfs");
        File.Copy(words[Array.IndexOf(words, "-initrd") + 1], copy);
        return new QemuCapture(File.ResolveLinkTarget(process + "/exe", returnFinalTarget: true)!.FullName, words[1..], copy);
    }

    /// <summary>The same machine with its own initramfs and serial socket, without the monitor and the hold that viperd's supervision needs.</summary>
    public string[] ArgumentsFor(string serial, string initramfs)
    {
        List<string> result = [];
        for (int i = 0; i < Arguments.Count; i++)
        {
            string word = Arguments[i];
            string next = i + 1 < Arguments.Count ? Arguments[i + 1] : "";
            switch (word)
            {
                case "-S":
                    break;
                case "-mon":
                    i++;
                    break;
                case "-chardev" when next.Contains("id=monitor", StringComparison.Ordinal):
                    i++;
                    break;
                case "-chardev" when next.Contains("id=serial", StringComparison.Ordinal):
                    result.AddRange([word, $"socket,id=serial,path={serial},server=on,wait=off"]);
                    i++;
                    break;
                case "-initrd":
                    result.AddRange([word, initramfs]);
                    i++;
                    break;
                default:
                    result.Add(word);
                    break;
            }
        }

        return [.. result];
    }
}
