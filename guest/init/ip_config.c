#include "ip_config.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#define FIELD_LIMIT 130

void ip_config_clear(struct ip_config *config)
{
    memset(config, 0, sizeof *config);
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strcmp(word, *words) == 0) {
            return true;
        }
    }
    return false;
}

static bool parse_address(const char *text, uint32_t *address)
{
    struct in_addr parsed;
    if (inet_pton(AF_INET, text, &parsed) != 1) {
        return false;
    }
    *address = parsed.s_addr;
    return true;
}

static bool is_name(const char *text)
{
    for (; *text != '\0'; text++) {
        bool letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');
        if (!letter && !(*text >= '0' && *text <= '9') && *text != '-' && *text != '_' && *text != '.') {
            return false;
        }
    }
    return true;
}

/* "host.domain" is cut at its first dot, as the kernel does. */
static const char *parse_hostname(const char *text, struct ip_config *config)
{
    size_t length = strcspn(text, ".");
    const char *domain = text[length] == '.' ? text + length + 1 : "";
    if (!is_name(text) || length == 0) {
        return "its host name holds something other than letters, digits, '-', '_' and '.'";
    }
    if (length >= sizeof config->hostname || strlen(domain) >= sizeof config->domain) {
        return "its host name is longer than 64 characters";
    }
    memcpy(config->hostname, text, length);
    config->hostname[length] = '\0';
    memcpy(config->domain, domain, strlen(domain) + 1);
    return NULL;
}

static const char *parse_device(const char *text, struct ip_config *config)
{
    if (strlen(text) >= sizeof config->device || !is_name(text) || strcmp(text, ".") == 0 || strcmp(text, "..") == 0) {
        return "its device is not a network device's name";
    }
    memcpy(config->device, text, strlen(text) + 1);
    return NULL;
}

static const char *parse_autoconf(const char *text)
{
    static const char *const still[] = { "off", "none", "static", NULL };
    static const char *const asking[] = { "on", "any", "dhcp", "bootp", "rarp", "both", NULL };
    if (is_one_of(text, still)) {
        return NULL;
    }
    return is_one_of(text, asking) ? "it asks for autoconfiguration, which a Viper guest does not do"
                                   : "its autoconfiguration word is unknown";
}

static const char *parse_field(int number, const char *text, struct ip_config *config)
{
    switch (number) {
    case 0:
        return parse_address(text, &config->client) ? NULL : "its client address is not an IPv4 address";
    case 1:
        return parse_address(text, &config->server) ? NULL : "its server address is not an IPv4 address";
    case 2:
        return parse_address(text, &config->gateway) ? NULL : "its gateway is not an IPv4 address";
    case 3:
        return parse_address(text, &config->netmask) ? NULL : "its netmask is not of the form 255.255.255.0";
    case 4:
        return parse_hostname(text, config);
    case 5:
        return parse_device(text, config);
    case 6:
        return parse_autoconf(text);
    case 7:
    case 8:
        return parse_address(text, &config->nameservers[number - 7]) ? NULL : "a name server is not an IPv4 address";
    case 9:
        return parse_address(text, &config->time_server) ? NULL : "its time server is not an IPv4 address";
    default:
        return "it has more than ten fields";
    }
}

/* Where the netmask is left out the kernel takes the class of the address. */
static uint32_t default_netmask(uint32_t client)
{
    uint32_t first = ntohl(client) >> 24;
    return htonl(first < 128 ? 0xff000000U : first < 192 ? 0xffff0000U : 0xffffff00U);
}

static bool is_netmask(uint32_t netmask)
{
    uint32_t host = ~ntohl(netmask);
    return (host & (host + 1)) == 0;
}

static const char *check(struct ip_config *config)
{
    uint32_t first = ntohl(config->client) >> 24;
    if (config->client == 0) {
        return "it names no client address";
    }
    if (first == 0 || first == 127 || first >= 224) {
        return "its client address is not one that a machine can have";
    }
    if (config->netmask == 0) {
        config->netmask = default_netmask(config->client);
    }
    if (!is_netmask(config->netmask)) {
        return "its netmask has holes";
    }
    config->configured = true;
    return NULL;
}

const char *ip_config_parse(const char *value, struct ip_config *config)
{
    static const char *const nothing[] = { "", "off", "none", NULL };
    char field[FIELD_LIMIT];

    ip_config_clear(config);
    if (is_one_of(value, nothing)) {
        return NULL;
    }
    if (strchr(value, ':') == NULL && parse_autoconf(value) != NULL) {
        struct in_addr parsed;
        if (inet_pton(AF_INET, value, &parsed) != 1) {
            return parse_autoconf(value);
        }
    }
    for (int number = 0;; number++) {
        size_t length = strcspn(value, ":");
        if (length >= sizeof field) {
            return "one of its fields is too long";
        }
        memcpy(field, value, length);
        field[length] = '\0';
        const char *problem = length == 0 ? NULL : parse_field(number, field, config);
        if (problem != NULL) {
            return problem;
        }
        if (value[length] == '\0') {
            return check(config);
        }
        value += length + 1;
    }
}
