/* Kernel modules, in the order of a list that the image builder worked out from their dependencies. */
#include "viper-init.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void load(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        report("module %s cannot be opened: %m", path);
        return;
    }
    /* EEXIST: built in or loaded already. ENODEV: the device that it drives is not in this machine. */
    if (syscall(SYS_finit_module, file, "", 0) != 0 && errno != EEXIST && errno != ENODEV) {
        report("module %s did not load: %m", path);
    }
    close(file);
}

/* Each line of the list is "SECTION PATH". */
void modules_load(const char *list, const char *section)
{
    char line[512];
    size_t length = strlen(section);
    FILE *lines = fopen(list, "re");
    if (lines == NULL) {
        report("the module list %s cannot be opened: %m", list);
        return;
    }
    while (fgets(line, sizeof line, lines) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, section, length) == 0 && line[length] == ' ') {
            load(line + length + 1);
        }
    }
    fclose(lines);
}

/* On a machine with a second CPU the modules that the root does not need load while it is being mounted. */
pid_t modules_load_beside(const char *list, const char *section)
{
    pid_t loader = sysconf(_SC_NPROCESSORS_ONLN) > 1 ? fork() : -1;
    if (loader == 0) {
        modules_load(list, section);
        _exit(0);
    }
    if (loader < 0) {
        modules_load(list, section);
    }
    return loader;
}

void modules_wait(pid_t loader)
{
    while (loader > 0 && waitpid(loader, NULL, 0) < 0 && errno == EINTR) {
    }
}
