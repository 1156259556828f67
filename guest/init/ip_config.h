/* The value of ip= (Documentation/admin-guide/nfs/nfsroot.rst). Pure: no system call; tested natively. */
#ifndef IP_CONFIG_H
#define IP_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#define IP_HOSTNAME_LIMIT 65
#define IP_DEVICE_LIMIT 16
#define IP_NAMESERVERS 2

/* Addresses are in network byte order; 0 means that the field was empty. */
struct ip_config {
    bool configured;
    uint32_t client;
    uint32_t server;
    uint32_t gateway;
    uint32_t netmask;
    char hostname[IP_HOSTNAME_LIMIT];
    char domain[IP_HOSTNAME_LIMIT];
    char device[IP_DEVICE_LIMIT];
    uint32_t nameservers[IP_NAMESERVERS];
    uint32_t time_server;
};

void ip_config_clear(struct ip_config *config);

/*
 * Reads client:server:gateway:netmask:hostname:device:autoconf:dns0:dns1:ntp0. Returns NULL, or what is wrong in words;
 * then config is not to be used. "off", "none" and an empty value are right and leave configured false.
 */
const char *ip_config_parse(const char *value, struct ip_config *config);

#endif
