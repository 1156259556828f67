// The floor of the area "net": the same work as Viper.Net does, by hand, on raw netlink sockets.
// It reads commands from standard input, one a line, and answers each with the nanoseconds that it took.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_TAPS 4096
#define MOST_LINKS 4096

struct link { int index, mtu, master; unsigned group, flags; unsigned char mac[6]; char name[IFNAMSIZ], kind[16]; };

extern char **environ;
static char in[65536];
static struct link links[MOST_LINKS];
static int taps[MAX_TAPS], tap_count;
static uint32_t sequence;

static void fail(const char *what) { fprintf(stderr, "floor: %s: %s\n", what, strerror(errno)); exit(1); }

static long long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int open_netlink(int protocol) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), one = 1, size = 1 << 20;
    struct sockaddr_nl local = { .nl_family = AF_NETLINK };
    if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local)) fail("socket");
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof one);
    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof one);
    if (protocol == NETLINK_ROUTE) setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    return fd;
}

static int put(char *at, int type, const void *value, int length) {
    struct nlattr a = { .nla_len = NLA_HDRLEN + length, .nla_type = type };
    memcpy(at, &a, sizeof a);
    memcpy(at + NLA_HDRLEN, value, length);
    memset(at + NLA_HDRLEN + length, 0, NLA_ALIGN(length) - length);
    return NLA_HDRLEN + NLA_ALIGN(length);
}

static void send_all(int fd, const void *bytes, int length) {
    struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
    if (sendto(fd, bytes, length, 0, (struct sockaddr *)&kernel, sizeof kernel) != length) fail("send");
}

// Waits for the acknowledgement of a message and gives its errno.
static int acknowledged(int fd, uint32_t of) {
    for (;;) {
        int length = recv(fd, in, sizeof in, 0);
        if (length < 0) fail("receive");
        for (struct nlmsghdr *h = (void *)in; NLMSG_OK(h, (unsigned)length); h = NLMSG_NEXT(h, length))
            if (h->nlmsg_seq == of && h->nlmsg_type == NLMSG_ERROR) return -((struct nlmsgerr *)NLMSG_DATA(h))->error;
    }
}

static void make_tap(int route, const char *name, int bridge) {
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    struct ifreq r = { 0 };
    if (fd < 0) fail("open tun");
    memcpy(r.ifr_name, name, strnlen(name, IFNAMSIZ - 1));
    r.ifr_flags = (short)(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_TUN_EXCL);
    if (ioctl(fd, TUNSETIFF, &r)) fail("TUNSETIFF");
    taps[tap_count++] = fd;
    struct { struct nlmsghdr h; struct ifinfomsg i; char a[128]; } m = { 0 };
    int at = put(m.a, IFLA_MASTER, &bridge, 4);
    at += put(m.a + at, IFLA_IFNAME, name, strlen(name) + 1);
    m.h = (struct nlmsghdr){ .nlmsg_len = NLMSG_LENGTH(sizeof m.i) + at, .nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK, .nlmsg_seq = ++sequence };
    m.i.ifi_flags = m.i.ifi_change = IFF_UP;
    send_all(route, &m, m.h.nlmsg_len);
    if ((errno = acknowledged(route, sequence))) fail("enslave");
}

static void run(char *const arguments[]) {
    pid_t child;
    int status;
    if ((errno = posix_spawnp(&child, arguments[0], NULL, NULL, arguments, environ))) fail(arguments[0]);
    if (waitpid(child, &status, 0) < 0 || status) { errno = EIO; fail(arguments[0]); }
}

static void spawn_tap(char *name) {
    run((char *[]){ "ip", "tuntap", "add", "dev", name, "mode", "tap", "vnet_hdr", NULL });
    run((char *[]){ "ip", "link", "set", "dev", name, "master", "br0", NULL });
    run((char *[]){ "ip", "link", "set", "dev", name, "group", "77", NULL });
    run((char *[]){ "ip", "link", "set", "dev", name, "up", NULL });
}

static int element(char *at, int type, int flags, uint32_t address) {
    struct nlmsghdr *h = (void *)at;
    struct nfgenmsg *g = NLMSG_DATA(h);
    *h = (struct nlmsghdr){ .nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | type, .nlmsg_flags = NLM_F_REQUEST | flags, .nlmsg_seq = ++sequence };
    *g = (struct nfgenmsg){ .nfgen_family = NFPROTO_INET, .version = NFNETLINK_V0 };
    int n = NLMSG_LENGTH(sizeof *g);
    n += put(at + n, NFTA_SET_ELEM_LIST_TABLE, "bench", 6);
    n += put(at + n, NFTA_SET_ELEM_LIST_SET, "guests", 7);
    char value[16], key[32], item[48];
    int length = put(value, NFTA_DATA_VALUE, &address, 4);
    length = put(key, NLA_F_NESTED | NFTA_SET_ELEM_KEY, value, length);
    length = put(item, NLA_F_NESTED | NFTA_LIST_ELEM, key, length);
    n += put(at + n, NLA_F_NESTED | NFTA_SET_ELEM_LIST_ELEMENTS, item, length);
    h->nlmsg_len = n;
    return NLMSG_ALIGN(n);
}

static int edge(char *at, int type) {
    struct nlmsghdr *h = (void *)at;
    struct nfgenmsg *g = NLMSG_DATA(h);
    *h = (struct nlmsghdr){ .nlmsg_len = NLMSG_LENGTH(sizeof *g), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST, .nlmsg_seq = ++sequence };
    *g = (struct nfgenmsg){ .version = NFNETLINK_V0, .res_id = htons(NFNL_SUBSYS_NFTABLES) };
    return h->nlmsg_len;
}

// One transaction that adds an element and deletes it again.
static void change_policy(int filter, uint32_t address) {
    char out[1024];
    int n = edge(out, NFNL_MSG_BATCH_BEGIN);
    n += element(out + n, NFT_MSG_NEWSETELEM, NLM_F_CREATE, address);
    n += element(out + n, NFT_MSG_DELSETELEM, NLM_F_ACK, address);
    uint32_t last = sequence;
    n += edge(out + n, NFNL_MSG_BATCH_END);
    send_all(filter, out, n);
    if ((errno = acknowledged(filter, last))) fail("change policy");
}

static void take_link(struct nlmsghdr *h, struct link *l) {
    struct ifinfomsg *i = NLMSG_DATA(h);
    int length = h->nlmsg_len - NLMSG_LENGTH(sizeof *i);
    memset(l, 0, sizeof *l);
    l->index = i->ifi_index;
    l->flags = i->ifi_flags;
    for (struct rtattr *a = (void *)((char *)i + NLMSG_ALIGN(sizeof *i)); RTA_OK(a, length); a = RTA_NEXT(a, length))
        switch (a->rta_type) {
        case IFLA_IFNAME: strncpy(l->name, RTA_DATA(a), IFNAMSIZ - 1); break;
        case IFLA_ADDRESS: if (RTA_PAYLOAD(a) == 6) memcpy(l->mac, RTA_DATA(a), 6); break;
        case IFLA_MTU: l->mtu = *(int *)RTA_DATA(a); break;
        case IFLA_MASTER: l->master = *(int *)RTA_DATA(a); break;
        case IFLA_GROUP: l->group = *(unsigned *)RTA_DATA(a); break;
        case IFLA_LINKINFO: {
            int inner = RTA_PAYLOAD(a);
            for (struct rtattr *b = RTA_DATA(a); RTA_OK(b, inner); b = RTA_NEXT(b, inner))
                if (b->rta_type == IFLA_INFO_KIND) strncpy(l->kind, RTA_DATA(b), sizeof l->kind - 1);
            break;
        }
        }
}

static int dump(int route) {
    struct { struct nlmsghdr h; struct ifinfomsg i; char a[8]; } m = { 0 };
    uint32_t mask = RTEXT_FILTER_SKIP_STATS;
    int at = put(m.a, IFLA_EXT_MASK, &mask, 4), count = 0;
    m.h = (struct nlmsghdr){ .nlmsg_len = NLMSG_LENGTH(sizeof m.i) + at, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = ++sequence };
    send_all(route, &m, m.h.nlmsg_len);
    for (;;) {
        int length = recv(route, in, sizeof in, 0);
        if (length < 0) fail("receive");
        for (struct nlmsghdr *h = (void *)in; NLMSG_OK(h, (unsigned)length); h = NLMSG_NEXT(h, length)) {
            if (h->nlmsg_type == NLMSG_DONE) return count;
            if (h->nlmsg_type == NLMSG_ERROR) { errno = EIO; fail("dump"); }
            if (count < MOST_LINKS) take_link(h, &links[count++]);
        }
    }
}

static void delete_group(int route, uint32_t group) {
    struct { struct nlmsghdr h; struct ifinfomsg i; char a[8]; } m = { 0 };
    int at = put(m.a, IFLA_GROUP, &group, 4);
    m.h = (struct nlmsghdr){ .nlmsg_len = NLMSG_LENGTH(sizeof m.i) + at, .nlmsg_type = RTM_DELLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK, .nlmsg_seq = ++sequence };
    send_all(route, &m, m.h.nlmsg_len);
    if ((errno = acknowledged(route, sequence))) fail("delete group");
}

int main(void) {
    int route = open_netlink(NETLINK_ROUTE), filter = open_netlink(NETLINK_NETFILTER);
    char line[256], what[16], name[IFNAMSIZ + 16];
    while (fgets(line, sizeof line, stdin)) {
        int count = 0, argument = 0;
        sscanf(line, "%15s %d %d", what, &count, &argument);
        long long start = now();
        if (!strcmp(what, "tap"))
            for (int i = 0; i < count; i++) { snprintf(name, sizeof name, "fl%d", i); make_tap(route, name, argument); }
        else if (!strcmp(what, "iptap"))
            for (int i = 0; i < count; i++) { snprintf(name, sizeof name, "ip%d", i); spawn_tap(name); }
        else if (!strcmp(what, "policy"))
            for (int i = 0; i < count; i++) change_policy(filter, htonl(0x0a000000 + i));
        else if (!strcmp(what, "nft"))
            for (int i = 0; i < count; i++) run((char *[]){ "nft", "-f", getenv("NFT_FILE"), NULL });
        else if (!strcmp(what, "dump"))
            for (int i = 0; i < count; i++) { if (dump(route) < argument) { errno = ENOENT; fail("dump"); } }
        else if (!strcmp(what, "delete"))
            delete_group(route, count);
        else if (!strcmp(what, "close"))
            while (tap_count > 0) close(taps[--tap_count]);
        else { errno = EINVAL; fail(what); }
        printf("%lld\n", now() - start);
        fflush(stdout);
    }
    return 0;
}
