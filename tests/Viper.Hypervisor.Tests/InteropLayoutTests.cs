using System.Globalization;
using Viper.Hypervisor.Interop;
using Viper.TestKit.Hypervisor;

namespace Viper.Hypervisor.Tests;

/// <summary>Compares the constants and sizes of our interop with those of the C headers.</summary>
public sealed class InteropLayoutTests
{
    private static readonly string[] s_headers =
    [
        "errno", "fcntl", "signal", "spawn", "stddef", "stdio", "sys/epoll", "sys/mman", "sys/socket", "sys/syscall", "sys/un", "sys/wait",
        "sys/time", "time", "unistd",
    ];

    [Fact]
    public async Task Constants_OurValues_AreThoseOfTheHeaders()
    {
        using ShortFolder folder = new();
        (string C, long Ours)[] facts =
        [
            ("O_CLOEXEC", Libc.O_CLOEXEC), ("O_CREAT", Libc.O_CREAT), ("O_APPEND", Libc.O_APPEND), ("F_DUPFD_CLOEXEC", Libc.F_DUPFD_CLOEXEC), ("F_GETPIPE_SZ", Libc.F_GETPIPE_SZ),
            ("O_NONBLOCK", Libc.O_NONBLOCK),
            ("SYS_pidfd_open", Libc.SYS_pidfd_open), ("SYS_pidfd_send_signal", Libc.SYS_pidfd_send_signal),
            ("P_PIDFD", Libc.P_PIDFD), ("WEXITED", Libc.WEXITED), ("CLD_EXITED", Libc.CLD_EXITED),
            ("sizeof(siginfo_t)", Libc.SignalInfoSize), ("offsetof(siginfo_t, si_code)", Libc.SignalInfoCodeOffset),
            ("offsetof(siginfo_t, si_status)", Libc.SignalInfoStatusOffset),
            ("sizeof(struct epoll_event)", Libc.EpollEventSize), ("offsetof(struct epoll_event, data)", Libc.EpollEventDataOffset),
            ("EPOLL_CLOEXEC", Libc.EPOLL_CLOEXEC), ("sizeof(sigset_t)", Libc.SignalSetSize),
            ("POSIX_SPAWN_SETSID", Libc.POSIX_SPAWN_SETSID), ("POSIX_SPAWN_SETSIGMASK", Libc.POSIX_SPAWN_SETSIGMASK),
            ("POSIX_SPAWN_SETSIGDEF", Libc.POSIX_SPAWN_SETSIGDEF),
            ("sizeof(posix_spawnattr_t) <= 512 && sizeof(posix_spawn_file_actions_t) <= 512", 1),
            ("sizeof(struct sockaddr_un)", Libc.UnixAddressSize), ("offsetof(struct sockaddr_un, sun_path)", Libc.UnixPathOffset),
            ("SOCK_CLOEXEC", Libc.SOCK_CLOEXEC), ("MFD_CLOEXEC", Libc.MFD_CLOEXEC), ("MAP_ANONYMOUS", Libc.MAP_ANONYMOUS),
            ("CLOCK_MONOTONIC_RAW", Libc.CLOCK_MONOTONIC_RAW),
            ("SO_RCVTIMEO", Libc.SO_RCVTIMEO), ("SO_SNDTIMEO", Libc.SO_SNDTIMEO), ("F_GETFL", Libc.F_GETFL), ("F_SETFL", Libc.F_SETFL),
            ("EAGAIN", Libc.EAGAIN), ("MSG_NOSIGNAL", Libc.MSG_NOSIGNAL), ("MSG_CTRUNC", Libc.MSG_CTRUNC), ("SCM_RIGHTS", Libc.SCM_RIGHTS),
            ("sizeof(struct timeval)", 16), ("sizeof(struct msghdr)", 56), ("sizeof(struct cmsghdr)", 16),
        ];
        string source = "#define _GNU_SOURCE\n" + string.Concat(
            s_headers.Select(header => $"#include <{header}.h>\n"))
            + "int main(void) {\n" + string.Concat(facts.Select(fact => $"printf(\"%ld\\n\", (long)({fact.C}));\n")) + "}\n";
        await ToolRun.RunAsync("cc", ["-x", "c", "-", "-o", folder["facts"]], input: source);

        string[] lines = (await ToolRun.RunAsync(folder["facts"], [])).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            facts.Select(fact => $"{fact.C} = {fact.Ours}"),
            facts.Zip(lines, (fact, line) => $"{fact.C} = {long.Parse(line, CultureInfo.InvariantCulture)}"));
    }
}
