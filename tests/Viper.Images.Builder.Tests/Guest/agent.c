/* Stands in for the agent in boot tests: does what test.do= on the kernel command line says, and tells on the console. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/input.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t s_asked;

static void on_term(int number)
{
    (void)number;
    s_asked = 1;
}

static void say_file(const char *name, const char *path)
{
    char text[4096];
    int file = open(path, O_RDONLY);
    ssize_t size = file >= 0 ? read(file, text, sizeof text - 1) : -1;
    struct stat state = { 0 };
    stat(path, &state);
    text[size > 0 ? size : 0] = '\0';
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '\n' ? '|' : *c;
    }
    printf("test: %s %s mode=%o uid=%u %s\n", name, size >= 0 ? "present" : "absent", state.st_mode & 07777, state.st_uid, text);
    if (file >= 0) {
        close(file);
    }
}

static void say_directory(const char *name, const char *path)
{
    struct stat state;
    int found = stat(path, &state) == 0;
    printf("test: %s %s mode=%o uid=%u\n", name, found ? "present" : "absent", found ? state.st_mode & 07777 : 0, found ? state.st_uid : 0);
}

static void say_everything(void)
{
    char name[65] = "";
    gethostname(name, sizeof name);
    say_file("token", "/run/viper/token");
    say_file("settings", "/run/viper/config.json");
    say_file("initramfs-token", "/viper/token");
    say_file("hosts", "/etc/hosts");
    say_file("resolv", "/etc/resolv.conf");
    say_file("routes", "/proc/net/route");
    say_file("address", "/sys/class/net/eth0/address");
    say_file("init-name", "/proc/1/comm");
    say_directory("run-viper", "/run/viper");
    say_directory("home", "/home/browser");
    say_directory("tmp", "/tmp");
    say_directory("shm", "/dev/shm");
    say_directory("pts", "/dev/pts/ptmx");
    say_directory("cgroup", "/sys/fs/cgroup/cgroup.procs");
    say_directory("input", "/dev/input/event0");
    printf("test: hostname %s\n", name);
    printf("test: clock %lld\n", (long long)time(NULL));
    printf("test: writable %d\n", mkdir("/etc/new", 0755));
}

/* Children whose parent dies first become init's; a zombie would keep its place in /proc. */
static void make_orphans(void)
{
    int pipes[2];
    (void)!pipe(pipes);
    if (fork() == 0) {
        for (int i = 0; i < 20; i++) {
            pid_t orphan = fork();
            if (orphan == 0) {
                _exit(0);
            }
            (void)!write(pipes[1], &orphan, sizeof orphan);
        }
        _exit(0);
    }
    close(pipes[1]);
    pid_t orphan;
    while (read(pipes[0], &orphan, sizeof orphan) == (ssize_t)sizeof orphan) {
        while (kill(orphan, 0) == 0) {
            usleep(1000);
        }
    }
    wait(NULL);
    printf("test: orphans gone\n");
}

static void wait_for_power_key(void)
{
    struct input_event event;
    int keys = open("/dev/input/event0", O_RDONLY);
    printf("test: listening\n");
    fflush(stdout);
    while (read(keys, &event, sizeof event) == (ssize_t)sizeof event) {
        if (event.type == EV_KEY && event.code == KEY_POWER && event.value == 1) {
            printf("test: power key\n");
            return;
        }
    }
}

int main(void)
{
    char line[4096] = "";
    int file = open("/proc/cmdline", O_RDONLY);
    (void)!read(file, line, sizeof line - 1);
    close(file);
    signal(SIGTERM, on_term);

    if (strstr(line, "test.do=report") != NULL) {
        say_everything();
    } else if (strstr(line, "test.do=orphans") != NULL) {
        make_orphans();
    } else if (strstr(line, "test.do=key") != NULL) {
        wait_for_power_key();
    } else if (strstr(line, "test.do=crash") != NULL) {
        if (mkdir("/run/once", 0755) == 0) {
            abort();
        }
        if (mkdir("/run/twice", 0755) == 0) {
            return 3;
        }
        printf("test: third start\n");
    } else if (strstr(line, "test.do=off") != NULL) {
        kill(1, SIGUSR2);
        for (;;) {
            pause();
        }
    } else if (strstr(line, "test.do=term") != NULL) {
        sigset_t term;
        sigset_t before;
        sigemptyset(&term);
        sigaddset(&term, SIGTERM);
        sigprocmask(SIG_BLOCK, &term, &before);
        kill(1, SIGTERM);
        while (!s_asked) {
            sigsuspend(&before);
        }
        printf("test: asked to end\n");
    }
    fflush(stdout);
    return 0;
}
