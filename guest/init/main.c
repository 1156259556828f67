/* The order of the way up; each step is in the file named for it. */
#include "ip_config.h"
#include "kernel_command_line.h"
#include "viper-init.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_ROOT "/dev/vda"
#define DEFAULT_HOSTNAME "viper"

static char s_command_line[COMMAND_LINE_LIMIT];

static void configure_network(struct milestones *moments)
{
    char value[COMMAND_LINE_LIMIT];
    struct ip_config config;

    ip_config_clear(&config);
    if (command_line_value(s_command_line, "ip", value, sizeof value)) {
        const char *problem = ip_config_parse(value, &config);
        if (problem != NULL) {
            report("ip= on the kernel command line is not usable (%s); there is no network", problem);
            ip_config_clear(&config);
        }
    }
    const char *name = config.hostname[0] != '\0' ? config.hostname : DEFAULT_HOSTNAME;
    if (sethostname(name, strlen(name)) != 0) {
        report("the hostname %s could not be set: %m", name);
    }
    if (network_up(&config)) {
        moments->network_up = boot_ms();
    }
}

int main(void)
{
    struct milestones moments = { .init_start = boot_ms(), -1, -1, -1, -1 };
    struct carried token = { 0 };
    struct carried settings = { 0 };
    struct stat found;
    char value[COMMAND_LINE_LIMIT];

    if (getpid() != 1) {
        fputs("viper-init is the first program of a Viper guest; it runs as process 1 only\n", stderr);
        return 2;
    }
    umask(022);
    mount_first();
    report_open();
    command_line_read(s_command_line, sizeof s_command_line);
    carried_take(&token, "/viper/token", SECRET_LIMIT);
    carried_take(&settings, "/viper/config.json", SETTINGS_LIMIT);

    modules_load(MODULE_LIST, "boot");
    pid_t loader = modules_load_beside(MODULE_LIST, "late");
    moments.modules_loaded = boot_ms();
    /* An initramfs that holds the agent is itself the root: nothing to mount, nowhere to go. */
    bool switching = stat(AGENT_PATH, &found) != 0;
    if (switching) {
        bool named = command_line_value(s_command_line, "viper.root", value, sizeof value);
        root_mount(named ? value : DEFAULT_ROOT);
    }
    moments.root_mounted = boot_ms();
    /* The loader reads from the initramfs, so it is waited for before the initramfs is left. */
    modules_wait(loader);
    if (switching) {
        root_switch();
    }

    mount_rest();
    homes_give();
    carried_put(&token, "/run/viper/token", 0400);
    carried_put(&settings, "/run/viper/config.json", 0400);
    configure_network(&moments);
    clock_set(command_line_value(s_command_line, "viper.epoch", value, sizeof value) ? value : NULL);

    moments.handover = boot_ms();
    report_milestones(&moments);
    agent_run();
}
