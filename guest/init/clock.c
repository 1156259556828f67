/* The wall clock, where the kernel has not set it from a clock chip by itself. */
#include "viper-init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtc.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* 2024-01-01T00:00:00Z: earlier than this, the clock has not been set. */
#define PLAUSIBLE_EPOCH 1704067200LL

static void set_to(time_t seconds)
{
    struct timespec when = { .tv_sec = seconds };
    if (clock_settime(CLOCK_REALTIME, &when) != 0) {
        report("the clock cannot be set: %m");
    }
}

static void set_from_chip(void)
{
    struct rtc_time read = { 0 };
    int chip = open("/dev/rtc0", O_RDONLY | O_CLOEXEC);
    if (chip < 0 || ioctl(chip, RTC_RD_TIME, &read) != 0) {
        report("the clock is not set: there is no clock chip and no viper.epoch= on the kernel command line");
    } else {
        struct tm fields = { .tm_sec = read.tm_sec, .tm_min = read.tm_min, .tm_hour = read.tm_hour,
            .tm_mday = read.tm_mday, .tm_mon = read.tm_mon, .tm_year = read.tm_year };
        set_to(timegm(&fields));
    }
    if (chip >= 0) {
        close(chip);
    }
}

/* epoch: seconds since 1970 by the host's clock when it started the machine, or NULL. */
void clock_set(const char *epoch)
{
    if (epoch != NULL) {
        char *end;
        errno = 0;
        long long seconds = strtoll(epoch, &end, 10);
        if (errno == 0 && end != epoch && *end == '\0' && seconds >= PLAUSIBLE_EPOCH) {
            if (time(NULL) < seconds) {
                set_to(seconds);
            }
            return;
        }
        report("viper.epoch= on the kernel command line is not a time after 2024; it is ignored");
    }
    if (time(NULL) < PLAUSIBLE_EPOCH) {
        set_from_chip();
    }
}
