/* The per-machine files: taken out of the initramfs, put under /run of the real root. */
#include "viper-init.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void carried_take(struct carried *file, const char *path, size_t limit)
{
    int source = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (source < 0) {
        return;
    }
    file->data = malloc(limit);
    ssize_t got = 0;
    while (file->data != NULL && file->size < limit
           && (got = read(source, file->data + file->size, limit - file->size)) != 0) {
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            break;
        }
        file->size += (size_t)got;
    }
    file->present = file->data != NULL && got == 0;
    if (!file->present) {
        report("%s was left out: it is larger than %zu bytes or cannot be read", path, limit - 1);
    }
    close(source);
    unlink(path);
}

void carried_put(struct carried *file, const char *path, mode_t mode)
{
    if (file->present) {
        int target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
        if (target < 0 || write(target, file->data, file->size) != (ssize_t)file->size) {
            report("%s cannot be written: %m", path);
        }
        if (target >= 0) {
            close(target);
        }
    }
    if (file->data != NULL) {
        explicit_bzero(file->data, file->size);
        free(file->data);
        file->data = NULL;
    }
}
