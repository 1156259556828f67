using System.Text.Json.Nodes;

namespace Viper.TestKit.Hypervisor.StandIn;

/// <summary>What the VMM checks of the kernel and the initramfs as it loads them.</summary>
internal static class Payload
{
    private const int SetupMagicOffset = 0x202;
    private const string NotBzImage = "Kernel Loader: Invalid bzImage";

    /// <exception cref="ApiException">A file is missing, or is no kernel.</exception>
    public static void Check(JsonObject payload)
    {
        string kernel = (payload.Text("kernel") ?? payload.Text("firmware"))!;
        byte[] head = Head(kernel, payload.ContainsKey("kernel") ? "Cannot open kernel file" : "Cannot open firmware file");
        if (!IsKernel(head))
        {
            throw new ApiException(
                "Cannot load the kernel into memory", $"Kernel Loader: failed to load bzImage kernel image: {NotBzImage}", NotBzImage);
        }

        if (payload.Text("initramfs") is { } initramfs)
        {
            Head(initramfs, "Cannot open initramfs file");
        }
    }

    // An ELF file, a bzImage, or the text "kernel" of which tests make files where no real kernel is needed.
    private static bool IsKernel(ReadOnlySpan<byte> head) =>
        head.StartsWith("\u007fELF"u8)
        || head.StartsWith("kernel"u8)
        || (head.Length >= SetupMagicOffset + 4 && head[SetupMagicOffset..].StartsWith("HdrS"u8));

    private static byte[] Head(string path, string failure)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] head = new byte[1024];
            return head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ApiException(failure, e is IOException ? ApiException.NoFile : "Permission denied (os error 13)");
        }
    }
}
