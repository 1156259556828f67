/* The real root: a read-only erofs image on a virtio disk, under an overlay whose upper layer is memory. */
#include "viper-init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOWER "/lower"
#define LAYER "/layer"
#define ROOT "/root"
#define DEVICE_WAIT_MS 10000
#define DEVICE_STEP_MS 2

/* A virtio disk is there as soon as its driver is; a slower bus gets time to find it. */
static void wait_for(const char *device)
{
    struct timespec step = { .tv_nsec = DEVICE_STEP_MS * 1000000L };
    struct stat found;

    for (long waited = 0; stat(device, &found) != 0; waited += DEVICE_STEP_MS) {
        if (waited >= DEVICE_WAIT_MS) {
            give_up("finding the root disk", device);
        }
        nanosleep(&step, NULL);
    }
}

void root_mount(const char *device)
{
    make_directory(LOWER, 0755);
    make_directory(LAYER, 0755);
    make_directory(ROOT, 0755);
    wait_for(device);
    if (mount(device, LOWER, "erofs", MS_RDONLY | MS_NODEV, NULL) != 0) {
        give_up("mounting the root image", device);
    }
    if (mount("tmpfs", LAYER, "tmpfs", MS_NODEV, "mode=0755") != 0) {
        give_up("mounting memory", "for the writable layer");
    }
    make_directory(LAYER "/upper", 0755);
    make_directory(LAYER "/work", 0755);
    if (mount("overlay", ROOT, "overlay", MS_NODEV,
            "lowerdir=" LOWER ",upperdir=" LAYER "/upper,workdir=" LAYER "/work") != 0) {
        give_up("mounting the overlay", "over the root image");
    }
}

/* Everything in the initramfs is memory that nobody can reach any more once the root has moved over it. */
static void empty(int directory, dev_t device)
{
    DIR *entries = fdopendir(directory);
    struct dirent *entry;
    struct stat found;

    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0
            || fstatat(directory, entry->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0 || found.st_dev != device) {
            continue;
        }
        if (S_ISDIR(found.st_mode)) {
            int inner = openat(directory, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
            if (inner >= 0) {
                empty(inner, device);
            }
            unlinkat(directory, entry->d_name, AT_REMOVEDIR);
        } else {
            unlinkat(directory, entry->d_name, 0);
        }
    }
    if (entries != NULL) {
        closedir(entries);
    }
}

void root_switch(void)
{
    struct stat old;
    int initramfs = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool known = initramfs >= 0 && fstat(initramfs, &old) == 0;

    if (mount("/dev", ROOT "/dev", NULL, MS_MOVE, NULL) != 0 || mount("/proc", ROOT "/proc", NULL, MS_MOVE, NULL) != 0) {
        give_up("moving /dev and /proc", "into the root");
    }
    if (chdir(ROOT) != 0 || mount(".", "/", NULL, MS_MOVE, NULL) != 0 || chroot(".") != 0 || chdir("/") != 0) {
        give_up("moving", "into the root");
    }
    if (known) {
        empty(initramfs, old.st_dev);
    }
}
