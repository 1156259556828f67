/* The guest's one network device, by ioctl: no tool, no netlink conversation, under a millisecond. */
#include "ip_config.h"
#include "viper-init.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_DEVICE "eth0"
#define DEVICE_WAIT_MS 3000
#define DEVICE_STEP_MS 5

/* Every caller's name has been checked to fit. */
static void name_request(struct ifreq *request, const char *device)
{
    memcpy(request->ifr_name, device, strnlen(device, IFNAMSIZ - 1));
}

static bool set_flags_up(int control, const char *device)
{
    struct ifreq request = { 0 };
    name_request(&request, device);
    if (ioctl(control, SIOCGIFFLAGS, &request) != 0) {
        return false;
    }
    request.ifr_flags |= IFF_UP;
    return ioctl(control, SIOCSIFFLAGS, &request) == 0;
}

static bool set_address(int control, const char *device, unsigned long operation, uint32_t address)
{
    struct ifreq request = { 0 };
    struct sockaddr_in inner = { .sin_family = AF_INET, .sin_addr.s_addr = address };
    name_request(&request, device);
    memcpy(&request.ifr_addr, &inner, sizeof inner);
    return ioctl(control, operation, &request) == 0;
}

static bool add_default_route(int control, uint32_t gateway)
{
    struct rtentry route = { .rt_flags = RTF_UP | RTF_GATEWAY };
    struct sockaddr_in any = { .sin_family = AF_INET };
    struct sockaddr_in through = { .sin_family = AF_INET, .sin_addr.s_addr = gateway };
    memcpy(&route.rt_dst, &any, sizeof any);
    memcpy(&route.rt_genmask, &any, sizeof any);
    memcpy(&route.rt_gateway, &through, sizeof through);
    return ioctl(control, SIOCADDRT, &route) == 0;
}

static bool wait_for(const char *device)
{
    struct timespec step = { .tv_nsec = DEVICE_STEP_MS * 1000000L };
    for (long waited = 0; if_nametoindex(device) == 0; waited += DEVICE_STEP_MS) {
        if (waited >= DEVICE_WAIT_MS) {
            return false;
        }
        nanosleep(&step, NULL);
    }
    return true;
}

static void write_file(const char *path, const char *text, size_t size)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0 || write(file, text, size) != (ssize_t)size) {
        report("%s cannot be written: %m", path);
    }
    if (file >= 0) {
        close(file);
    }
}

/* The names that the guest knows without asking: itself and its name servers. */
static void write_names(const struct ip_config *config)
{
    char address[INET_ADDRSTRLEN];
    char text[512];
    int size = snprintf(text, sizeof text, "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
    if (config->configured && config->hostname[0] != '\0') {
        inet_ntop(AF_INET, &config->client, address, sizeof address);
        if (config->domain[0] != '\0') {
            size += snprintf(text + size, sizeof text - (size_t)size, "%s\t%s.%s %s\n", address, config->hostname,
                config->domain, config->hostname);
        } else {
            size += snprintf(text + size, sizeof text - (size_t)size, "%s\t%s\n", address, config->hostname);
        }
    }
    write_file("/etc/hosts", text, (size_t)size);

    size = config->domain[0] == '\0' ? 0 : snprintf(text, sizeof text, "search %s\n", config->domain);
    for (int i = 0; i < IP_NAMESERVERS; i++) {
        if (config->nameservers[i] != 0) {
            inet_ntop(AF_INET, &config->nameservers[i], address, sizeof address);
            size += snprintf(text + size, sizeof text - (size_t)size, "nameserver %s\n", address);
        }
    }
    write_file("/etc/resolv.conf", text, (size_t)size);
}

static bool configure(int control, const struct ip_config *config)
{
    const char *device = config->device[0] != '\0' ? config->device : DEFAULT_DEVICE;
    if (!wait_for(device)) {
        report("ip= on the kernel command line names %s, but the machine has no such network device", device);
        return false;
    }
    if (!set_address(control, device, SIOCSIFADDR, config->client)
        || !set_address(control, device, SIOCSIFNETMASK, config->netmask) || !set_flags_up(control, device)) {
        report("the address of %s cannot be set: %m", device);
        return false;
    }
    if (config->gateway != 0 && !add_default_route(control, config->gateway)) {
        report("the default route cannot be set (is the gateway in the subnet of the client address?): %m");
        return false;
    }
    return true;
}

bool network_up(const struct ip_config *config)
{
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (control < 0) {
        report("there is no IPv4 in this kernel: %m");
        return false;
    }
    if (!set_flags_up(control, "lo")) {
        report("the loopback device cannot be brought up: %m");
    }
    bool up = config->configured && configure(control, config);
    close(control);
    write_names(config);
    return up;
}
