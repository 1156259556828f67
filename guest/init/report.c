/* Lines on the serial console, each by one write so that no other writer cuts into it. */
#include "viper-init.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int s_console = -1;

void report_open(void)
{
    s_console = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC);
}

static void write_line(const char *line, size_t size)
{
    int saved = errno;
    ssize_t written;
    do {
        written = write(s_console >= 0 ? s_console : STDERR_FILENO, line, size);
    } while (written < 0 && errno == EINTR);
    errno = saved;
}

void report(const char *format, ...)
{
    char line[1024] = "viper-init: ";
    size_t used = strlen(line);
    va_list arguments;

    va_start(arguments, format);
    int added = vsnprintf(line + used, sizeof line - used - 1, format, arguments);
    va_end(arguments);
    if (added < 0) {
        return;
    }
    used += (size_t)added < sizeof line - used - 1 ? (size_t)added : sizeof line - used - 2;
    line[used++] = '\n';
    write_line(line, used);
}

/* viper: init {"init_start":N,"modules_loaded":N,"root_mounted":N,"network_up":N,"handover":N} */
void report_milestones(const struct milestones *moments)
{
    char line[256];
    int size = snprintf(line, sizeof line,
        "viper: init {\"init_start\":%ld,\"modules_loaded\":%ld,\"root_mounted\":%ld,\"network_up\":%ld,\"handover\":%ld}\n",
        moments->init_start, moments->modules_loaded, moments->root_mounted, moments->network_up, moments->handover);
    if (size > 0 && (size_t)size < sizeof line) {
        write_line(line, (size_t)size);
    }
}

long boot_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A guest that cannot come up ends, so that the engine sees its VMM exit at once, with the reason on the console. */
void give_up(const char *what, const char *on)
{
    report("%s %s failed: %m; the machine powers off", what, on);
    power_off();
}
