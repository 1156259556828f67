/* The end: every process, then the disks, then the power. */
#include "viper-init.h"

#include <errno.h>
#include <signal.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TERM_WAIT_MS 1000

/* Reaps until no child is left or the time is over; true when none is left. */
static bool reap_for(long limit_ms)
{
    struct timespec step = { .tv_nsec = 5 * 1000000L };
    long end = boot_ms() + limit_ms;

    for (;;) {
        pid_t gone = waitpid(-1, NULL, WNOHANG);
        if (gone < 0 && errno == ECHILD) {
            return true;
        }
        if (gone == 0) {
            if (boot_ms() >= end) {
                return false;
            }
            nanosleep(&step, NULL);
        }
    }
}

void power_off(void)
{
    kill(-1, SIGTERM);
    if (!reap_for(TERM_WAIT_MS)) {
        kill(-1, SIGKILL);
        reap_for(TERM_WAIT_MS);
    }
    sync();
    unmount_all();
    reboot(RB_POWER_OFF);
    /* Without a power switch a reset ends the machine as well: VMMs are started to exit on it. */
    reboot(RB_AUTOBOOT);
    for (;;) {
        pause();
    }
}
