/*
 * viper-init: the first program of a Viper guest.
 *
 * One static binary does both halves of the way up: in the initramfs it loads modules and mounts the root image, then,
 * in the same process, it becomes PID 1 of that root, starts the agent and reaps. No exec in between: under software
 * emulation every exec and page fault costs milliseconds.
 */
#ifndef VIPER_INIT_H
#define VIPER_INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define AGENT_PATH "/usr/lib/viper/viper-agent"
#define MODULE_LIST "/viper/modules"
#define SECRET_LIMIT 4096
#define SETTINGS_LIMIT 65536

/* A small file carried from the initramfs to the real root in memory. */
struct carried {
    char *data;
    size_t size;
    bool present;
};

/* Moments on the way up, in milliseconds of CLOCK_BOOTTIME; -1 until reached. */
struct milestones {
    long init_start;
    long modules_loaded;
    long root_mounted;
    long network_up;
    long handover;
};

/* report.c */
void report_open(void);
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));
void report_milestones(const struct milestones *moments);
long boot_ms(void);
void give_up(const char *what, const char *on) __attribute__((noreturn));

/* modules.c: two lists, "boot" (needed to mount the root) and "late" (loaded beside the mount by a child). */
void modules_load(const char *list, const char *section);
pid_t modules_load_beside(const char *list, const char *section);
void modules_wait(pid_t loader);

/* mounts.c */
void mount_first(void);
void mount_rest(void);
void unmount_all(void);
void make_directory(const char *path, mode_t mode);

/* root.c */
void root_mount(const char *device);
void root_switch(void);

/* carried.c */
void carried_take(struct carried *file, const char *path, size_t limit);
void carried_put(struct carried *file, const char *path, mode_t mode);

/* homes.c */
void homes_give(void);

/* clock.c */
void clock_set(const char *epoch);

/* network.c */
struct ip_config;
bool network_up(const struct ip_config *config);

/* agent.c */
void agent_run(void) __attribute__((noreturn));

/* shutdown.c */
void power_off(void) __attribute__((noreturn));

#endif
