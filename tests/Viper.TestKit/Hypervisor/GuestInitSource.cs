namespace Viper.TestKit.Hypervisor;

/// <summary>The program that runs as PID 1 in test guests, in C, compiled statically.</summary>
/// <remarks>
/// It loads its modules, says what it sees, and then does one thing for each byte from the serial port: q powers off, r resets,
/// p panics, f floods the port with bytes of no use, d reads the first disk, n tells the first card's address; anything else is echoed.
/// The power button powers off.
/// </remarks>
internal static class GuestInitSource
{
    public const string Text = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <linux/input.h>
        #include <poll.h>
        #include <stdio.h>
        #include <string.h>
        #include <sys/mount.h>
        #include <sys/reboot.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <termios.h>
        #include <unistd.h>

        static int port;

        static void say(const char *text) { dprintf(port, "guest: %s\n", text); }

        static void show(const char *what, const char *path)
        {
            char text[64] = "";
            int fd = open(path, O_RDONLY | O_CLOEXEC);
            int count = fd < 0 ? -1 : (int)read(fd, text, sizeof text - 1);
            if (count > 0) { text[count] = 0; text[strcspn(text, "\n")] = 0; }
            if (fd >= 0) { close(fd); }
            dprintf(port, "guest: %s %s\n", what, count > 0 ? text : "none");
        }

        static void load_modules(void)
        {
            for (int i = 0; i < 40; i++) {
                char path[32];
                snprintf(path, sizeof path, "/modules/%02d.ko", i);
                int fd = open(path, O_RDONLY | O_CLOEXEC);
                if (fd >= 0) { syscall(SYS_finit_module, fd, "", 0); close(fd); }
            }
        }

        static void flood(void)
        {
            char junk[4096];
            for (int i = 0; i < (int)sizeof junk; i++) { junk[i] = i % 3 == 0 ? 0 : i % 3 == 1 ? (char)0xff : 'x'; }
            for (int i = 0; i < 50; i++) { if (write(port, junk, sizeof junk) < 0) { break; } }
            dprintf(port, "\n");
            say("flood over");
        }

        static void handle(char c)
        {
            switch (c) {
            case 'q': say("off"); tcdrain(port); reboot(RB_POWER_OFF); break;
            case 'r': say("reset"); tcdrain(port); reboot(RB_AUTOBOOT); break;
            case 'p': { int fd = open("/proc/sysrq-trigger", O_WRONLY); if (write(fd, "c", 1) < 0) { say("no panic"); } break; }
            case 'f': flood(); break;
            case 'd': show("disk", "/dev/vda"); break;
            case 'n': show("card", "/sys/class/net/eth0/address"); break;
            default: dprintf(port, "guest: echo %c\n", c); break;
            }
        }

        int main(void)
        {
            mkdir("/dev", 0755); mkdir("/proc", 0755); mkdir("/sys", 0755);
            mount("dev", "/dev", "devtmpfs", 0, 0);
            mount("proc", "/proc", "proc", 0, 0);
            mount("sys", "/sys", "sysfs", 0, 0);
            port = open("/dev/ttyS0", O_RDWR | O_NOCTTY | O_CLOEXEC);
            struct termios settings;
            tcgetattr(port, &settings);
            cfmakeraw(&settings);
            tcsetattr(port, TCSANOW, &settings);
            say("up");
            load_modules();
            struct pollfd fds[5] = {{ .fd = port, .events = POLLIN }};
            int count = 1;
            for (int i = 0; i < 4; i++) {
                char path[32];
                snprintf(path, sizeof path, "/dev/input/event%d", i);
                int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
                if (fd >= 0) { fds[count++] = (struct pollfd){ .fd = fd, .events = POLLIN }; }
            }
            say("ready");
            for (;;) {
                poll(fds, (nfds_t)count, -1);
                char c;
                if ((fds[0].revents & POLLIN) && read(port, &c, 1) == 1) { handle(c); }
                for (int i = 1; i < count; i++) {
                    struct input_event event;
                    while ((fds[i].revents & POLLIN) && read(fds[i].fd, &event, sizeof event) == sizeof event) {
                        if (event.type == EV_KEY && event.code == KEY_POWER && event.value == 1) {
                            say("power button");
                            tcdrain(port);
                            reboot(RB_POWER_OFF);
                        }
                    }
                }
            }
        }
        """;
}
