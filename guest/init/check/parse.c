/*
 * Runs init's parsers natively, for tests: each line of the input is a kernel command line; for each, one line of output
 * says what init would make of its ip=.
 */
#include "../ip_config.h"
#include "../kernel_command_line.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *show(uint32_t address, char *text)
{
    return address == 0 ? "-" : inet_ntop(AF_INET, &address, text, INET_ADDRSTRLEN);
}

static const char *or_dash(const char *text)
{
    return text[0] == '\0' ? "-" : text;
}

static void check(const char *line)
{
    char value[COMMAND_LINE_LIMIT];
    char text[7][INET_ADDRSTRLEN];
    struct ip_config config;

    if (!command_line_value(line, "ip", value, sizeof value)) {
        puts("absent");
        return;
    }
    const char *problem = ip_config_parse(value, &config);
    if (problem != NULL) {
        printf("problem: %s\n", problem);
    } else if (!config.configured) {
        puts("unconfigured");
    } else {
        printf("client=%s server=%s gateway=%s netmask=%s host=%s domain=%s device=%s dns0=%s dns1=%s ntp0=%s\n",
            show(config.client, text[0]), show(config.server, text[1]), show(config.gateway, text[2]),
            show(config.netmask, text[3]), or_dash(config.hostname), or_dash(config.domain), or_dash(config.device),
            show(config.nameservers[0], text[4]), show(config.nameservers[1], text[5]), show(config.time_server, text[6]));
    }
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    while ((length = getline(&line, &size, stdin)) >= 0) {
        if (length > 0 && line[length - 1] == '\n') {
            line[length - 1] = '\0';
        }
        /* A copy of exactly the right size, so that the address sanitizer sees a read past the end. */
        char *exact = strdup(line);
        check(exact);
        free(exact);
    }
    free(line);
    return 0;
}
