/* The file systems that a Linux program expects around it. */
#include "viper-init.h"

#include <errno.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOUNTS_LIMIT 64

void make_directory(const char *path, mode_t mode)
{
    if (mkdir(path, mode) != 0 && errno != EEXIST) {
        report("%s cannot be made: %m", path);
    }
}

static bool mount_one(const char *type, const char *path, unsigned long flags, const char *options, mode_t mode)
{
    make_directory(path, mode);
    if (mount(type, path, type, flags, options) == 0 || errno == EBUSY) {
        return true;
    }
    report("%s cannot be mounted on %s: %m", type, path);
    return false;
}

/* What the initramfs needs; root_switch moves both into the real root. */
void mount_first(void)
{
    mount_one("devtmpfs", "/dev", MS_NOSUID, "mode=0755", 0755);
    mount_one("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, 0555);
}

void mount_rest(void)
{
    mount_one("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, 0555);
    mount_one("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755", 0755);
    mount_one("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777", 01777);
    mount_one("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=0620,ptmxmode=0666", 0755);
    /* Chrome keeps its bitmaps here; the default of half the memory is what it needs. */
    mount_one("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777,size=50%", 01777);
    if (mount("cgroup2", "/sys/fs/cgroup", "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) {
        report("cgroup2 cannot be mounted on /sys/fs/cgroup: %m");
    }
    make_directory("/run/viper", 0700);
    (void)!symlink("/proc/self/fd", "/dev/fd");
    (void)!symlink("/proc/self/fd/0", "/dev/stdin");
    (void)!symlink("/proc/self/fd/1", "/dev/stdout");
    (void)!symlink("/proc/self/fd/2", "/dev/stderr");
}

/* Newest first, so that a mount goes before the one it stands on. The root is made read-only instead. */
void unmount_all(void)
{
    static char paths[MOUNTS_LIMIT][256];
    size_t count = 0;
    struct mntent *entry;
    FILE *mounts = setmntent("/proc/self/mounts", "re");

    while (mounts != NULL && count < MOUNTS_LIMIT && (entry = getmntent(mounts)) != NULL) {
        if (strncmp(entry->mnt_fsname, "/dev/", 5) == 0 && strcmp(entry->mnt_dir, "/") != 0
            && strlen(entry->mnt_dir) < sizeof paths[0]) {
            strcpy(paths[count++], entry->mnt_dir);
        }
    }
    if (mounts != NULL) {
        endmntent(mounts);
    }
    while (count-- > 0) {
        if (umount2(paths[count], 0) != 0 && mount(NULL, paths[count], NULL, MS_REMOUNT | MS_RDONLY, NULL) != 0) {
            report("%s cannot be unmounted: %m", paths[count]);
        }
    }
}
