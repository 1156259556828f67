/* The floor of spawn_to_running and stop_to_gone: QEMU spawned and spoken to as barely as it can be.
 * usage: qemu_cycle FOLDER QEMU ARGUMENTS…, where the arguments take the monitor as descriptor 3 and the serial port as 4.
 * Prints the nanoseconds from the first system call until the virtual CPUs run, and from the order to end until the process is gone. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char buffer[1 << 16];
static size_t have;

static long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static struct sockaddr_un at(const char *folder, const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", folder, name);
    return address;
}

static int listener(struct sockaddr_un address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 4) != 0)
        fail(address.sun_path);
    return fcntl(fd, F_DUPFD_CLOEXEC, 64);
}

static int caller(struct sockaddr_un address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail(address.sun_path);
    return fd;
}

/* Reads whole lines until one holds a text. */
static void until(int fd, const char *text)
{
    for (;;) {
        char *end;
        while ((end = memchr(buffer, '\n', have)) != NULL) {
            *end = 0;
            int found = strstr(buffer, text) != NULL;
            have -= (size_t)(end + 1 - buffer);
            memmove(buffer, end + 1, have);
            if (found)
                return;
        }
        ssize_t count = read(fd, buffer + have, sizeof buffer - have);
        if (count <= 0)
            fail("QEMU ended");
        have += (size_t)count;
    }
}

static void tell(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) < 0)
        fail("write");
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    struct sockaddr_un monitor = at(argv[1], "q"), serial = at(argv[1], "s");
    extern char **environ;
    posix_spawn_file_actions_t actions;
    pid_t pid;
    long start = now();
    int listen_monitor = listener(monitor), listen_serial = listener(serial);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, listen_monitor, 3);
    posix_spawn_file_actions_adddup2(&actions, listen_serial, 4);
    if (posix_spawn(&pid, argv[2], &actions, NULL, argv + 2, environ) != 0)
        fail(argv[2]);
    close(listen_monitor);
    close(listen_serial);
    int console = caller(serial), control = caller(monitor);
    until(control, "QMP");
    tell(control, "{\"execute\":\"qmp_capabilities\"}\n");
    until(control, "return");
    tell(control, "{\"execute\":\"cont\"}\n");
    until(control, "return");
    tell(control, "{\"execute\":\"query-status\"}\n");
    until(control, "\"running\": true");
    long running = now();
    tell(control, "{\"execute\":\"quit\"}\n");
    if (waitpid(pid, NULL, 0) != pid)
        fail("waitpid");
    long gone = now();
    close(console);
    unlink(monitor.sun_path);
    unlink(serial.sun_path);
    printf("%ld %ld\n", running - start, gone - running);
    return 0;
}
