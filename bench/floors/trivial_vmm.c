/* A VMM without machines, as cheap as a process can be: it speaks QMP on descriptor 3 and is a serial port on descriptor 4, both
 * listening sockets, as QEMU does under Viper.Hypervisor. Tests and benchmarks measure with it what the supervision costs.
 *
 * The part of the program's own name after "die-", "close-" or "hang-" is the number of the command at which it goes wrong.
 * Typed into the serial port: q powers off, p prints a line on standard error, anything else is echoed. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int monitor = -1, serial = -1, commands = 0, running = 0;
static int die_at = 0, close_at = 0, hang_at = 0;
static char line[1 << 16];
static size_t length = 0;

/* What the serial port says when the virtual CPUs run: as the agent of a guest would, where the program's name has "ring-" in it. */
static const char *greeting = "up\n";

static void say(int fd, const char *text)
{
    if (fd >= 0)
        (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static void leave(const char *reason)
{
    char event[160];
    snprintf(event, sizeof event,
        "{\"timestamp\":{\"seconds\":1,\"microseconds\":0},\"event\":\"SHUTDOWN\",\"data\":{\"guest\":%s,\"reason\":\"%s\"}}\r\n",
        strncmp(reason, "guest", 5) == 0 ? "true" : "false", reason);
    say(monitor, event);
    exit(0);
}

static int is(const char *text, const char *command)
{
    char quoted[80];
    snprintf(quoted, sizeof quoted, "\"%s\"", command);
    const char *execute = strstr(text, "\"execute\"");
    execute = execute ? execute : strstr(text, "\"exec-oob\"");
    const char *found = execute ? strstr(execute, quoted) : NULL;
    return found != NULL && strspn(execute + strcspn(execute, ":") , ": ") == (size_t)(found - execute - strcspn(execute, ":"));
}

static void answer(const char *text)
{
    char id[64] = "", reply[512];
    const char *value = "{}", *at = strstr(text, "\"id\":");
    if (at != NULL)
        snprintf(id, sizeof id, ",\"id\":%.*s", (int)strcspn(at + 5, ",}"), at + 5);
    commands++;
    if (commands == die_at)
        exit(7);
    if (commands == close_at) {
        close(monitor);
        monitor = -1;
        return;
    }
    if (commands == hang_at)
        for (;;)
            pause();
    if (is(text, "query-status"))
        value = running ? "{\"running\":true,\"singlestep\":false,\"status\":\"running\"}"
                        : "{\"running\":false,\"singlestep\":false,\"status\":\"paused\"}";
    else if (is(text, "query-chardev"))
        value = serial >= 0 ? "[{\"label\":\"serial\",\"filename\":\"unix:serial,server=on\",\"frontend-open\":true}]"
                            : "[{\"label\":\"serial\",\"filename\":\"disconnected:unix:serial,server=on\",\"frontend-open\":true}]";
    else if (is(text, "qom-get"))
        value = "\"microvm-machine\"";
    snprintf(reply, sizeof reply, "{\"return\":%s%s}\r\n", value, id);
    say(monitor, reply);
    if (is(text, "cont")) {
        running = 1;
        say(serial, greeting);
    } else if (is(text, "stop"))
        running = 0;
    else if (is(text, "quit"))
        leave("host-qmp-quit");
    else if (is(text, "system_powerdown"))
        leave("guest-shutdown");
}

static void hear(void)
{
    ssize_t count = read(monitor, line + length, sizeof line - length - 1);
    if (count <= 0) {
        close(monitor);
        monitor = -1;
        length = 0;
        return;
    }
    length += (size_t)count;
    line[length] = 0;
    for (char *end; monitor >= 0 && (end = strchr(line, '\n')) != NULL;) {
        *end = 0;
        answer(line);
        length -= (size_t)(end + 1 - line);
        memmove(line, end + 1, length + 1);
    }
}

static void play(void)
{
    char key, echo[] = "echo  \n";
    if (read(serial, &key, 1) != 1) {
        close(serial);
        serial = -1;
        return;
    }
    if (key == 'q')
        leave("guest-shutdown");
    if (key == 'p')
        fprintf(stderr, "printed\n");
    echo[5] = key;
    say(serial, echo);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts("QEMU emulator version 0.0.0 (trivial)");
        return 0;
    }
    const char *fault;
    if ((fault = strstr(argv[0], "die-")) != NULL)
        die_at = atoi(fault + 4);
    if ((fault = strstr(argv[0], "close-")) != NULL)
        close_at = atoi(fault + 6);
    if ((fault = strstr(argv[0], "hang-")) != NULL)
        hang_at = atoi(fault + 5);
    if (strstr(argv[0], "ring-") != NULL)
        greeting = "viper: ready {\"agent\":\"0\",\"boot_ms\":{}}\n";
    if ((fault = strstr(argv[0], "deaf")) != NULL)
        for (;;)
            pause();
    for (;;) {
        struct pollfd fds[2] = {
            { monitor >= 0 ? monitor : 3, POLLIN, 0 },
            { serial >= 0 ? serial : 4, POLLIN, 0 },
        };
        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[1].revents) {
            if (serial < 0)
                serial = accept(4, NULL, NULL);
            else
                play();
        }
        if (fds[0].revents) {
            if (monitor < 0) {
                monitor = accept(3, NULL, NULL);
                say(monitor, "{\"QMP\":{\"version\":{\"qemu\":{\"micro\":0,\"minor\":0,\"major\":0},\"package\":\"\"},\"capabilities\":[]}}\r\n");
            } else
                hear();
        }
    }
}
