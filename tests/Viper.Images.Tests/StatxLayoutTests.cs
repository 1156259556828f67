using System.Diagnostics;
using System.Runtime.InteropServices;
using Viper.Images.Interop;

namespace Viper.Images.Tests;

public sealed class StatxLayoutTests
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stddef.h>
        #include <stdio.h>
        #include <sys/stat.h>
        int main(void) {
            printf("%zu %zu %zu %zu %zu %zu %zu %zu %zu %zu %d %d %d %d", sizeof(struct statx), offsetof(struct statx, stx_mode),
                offsetof(struct statx, stx_ino), offsetof(struct statx, stx_size), offsetof(struct statx, stx_ctime.tv_sec),
                offsetof(struct statx, stx_ctime.tv_nsec), offsetof(struct statx, stx_mtime.tv_sec), offsetof(struct statx, stx_mtime.tv_nsec),
                offsetof(struct statx, stx_dev_major), offsetof(struct statx, stx_dev_minor), O_NOFOLLOW, O_CLOEXEC, AT_EMPTY_PATH, O_DIRECTORY);
            return 0;
        }
        """;

    [Fact]
    public void StatxBuffer_Offsets_AreThoseOfTheCompiler()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder.At("statx.c"), Source);
        Run("cc", folder.At("statx.c"), "-o", folder.At("statx"));

        string expected = $"{Marshal.SizeOf<StatxBuffer>()} {At(nameof(StatxBuffer.Mode))} {At(nameof(StatxBuffer.Inode))} {At(nameof(StatxBuffer.Size))} "
            + $"{At(nameof(StatxBuffer.ChangedSeconds))} {At(nameof(StatxBuffer.ChangedNanoseconds))} {At(nameof(StatxBuffer.ModifiedSeconds))} "
            + $"{At(nameof(StatxBuffer.ModifiedNanoseconds))} {At(nameof(StatxBuffer.DeviceMajor))} {At(nameof(StatxBuffer.DeviceMinor))} "
            + $"{Libc.O_NOFOLLOW} {Libc.O_CLOEXEC} {Libc.AT_EMPTY_PATH} {Libc.O_DIRECTORY}";

        Assert.Equal(Run(folder.At("statx")), expected);
    }

    private static int At(string member) => (int)Marshal.OffsetOf<StatxBuffer>(member);

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
