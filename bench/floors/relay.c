#define _GNU_SOURCE
/* The three parties of the relay rows, one program each.
 * relay agent: listens, prints its port; answers each command as Chrome would, one for a long string with BIG bytes.
 * relay floor PORT: the floor; one thread and epoll, joins each caller with a connection to PORT and copies bytes as they come.
 *   Prints its port, then for each line on standard input the processor time that it has had, in microseconds.
 * relay client PATH: for each line "rtt PORT COUNT" prints the p50 in nanoseconds, for "big PORT COUNT" the nanoseconds of one,
 *   for "open PORT COUNT" opens connections and prints 0. PATH is that of the daemon; "/…" behind PORT is another.
 * All end with their input. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BIG (10 * 1000 * 1000)
#define ROOM (64 * 1024)
#define MOST 1024
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void no_delay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static int dial(int port)
{
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("connect");
    no_delay(fd);
    return fd;
}

static int serve(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, MOST) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        fail("listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void send_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = send(fd, bytes, length, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) {
            struct pollfd wait = { .fd = fd, .events = POLLOUT };
            poll(&wait, 1, -1);
            continue;
        }
        if (count <= 0)
            return;
        bytes += count;
        length -= (size_t)count;
    }
}

/* Reads a head, blank line included; byte for byte, for frames may follow. */
static int read_head(int fd, char *head, size_t room)
{
    size_t have = 0;
    while (have < 4 || memcmp(head + have - 4, "\r\n\r\n", 4) != 0)
        if (have == room - 1 || recv(fd, head + have++, 1, 0) != 1)
            return 0;
    head[have] = 0;
    return 1;
}

static int read_exactly(int fd, char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = recv(fd, bytes, length, 0);
        if (count <= 0)
            return 0;
        bytes += count;
        length -= (size_t)count;
    }
    return 1;
}

/* The agent. */

static char *big;

static void *answer(void *argument)
{
    static const char text[] = "{\"id\":1,\"result\":{\"result\":{\"type\":\"number\",\"value\":2,\"description\":\"2\"}},\"sessionId\":\"0123456789ABCDEF0123456789ABCDEF\"}";
    int fd = (int)(long)argument;
    char head[16 * 1024], small[2 + sizeof text];
    unsigned char h[8], message[1024];
    small[0] = (char)0x81;
    small[1] = sizeof text - 1;
    memcpy(small + 2, text, sizeof text - 1);
    if (read_head(fd, head, sizeof head)) {
        static const char hello[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " ACCEPT "\r\n\r\n";
        send_all(fd, hello, sizeof hello - 1);
        while (read_exactly(fd, (char *)h, 2)) {
            size_t length = h[1] & 0x7f;
            if (length == 126) {
                if (!read_exactly(fd, (char *)h, 2))
                    break;
                length = (size_t)h[0] << 8 | h[1];
            }
            if (length + 4 > sizeof message || !read_exactly(fd, (char *)message, length + 4))
                break;
            for (size_t i = 0; i < length; i++)
                message[4 + i] ^= message[i % 4];
            if (memmem(message + 4, length, "repeat(", 7) != NULL)
                send_all(fd, big, BIG + 10);
            else
                send_all(fd, small, 1 + sizeof text);
        }
    }
    close(fd);
    return NULL;
}

static void *accept_all(void *argument)
{
    int fd, listener = (int)(long)argument;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        pthread_t thread;
        no_delay(fd);
        if (pthread_create(&thread, &attributes, answer, (void *)(long)fd) != 0)
            fail("pthread_create");
    }
    fail("accept");
    return NULL;
}

static void start(void *(*run)(void *), int fd)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, (void *)(long)fd) != 0)
        fail("pthread_create");
}

static void agent(void)
{
    char line[64];
    uint64_t length = BIG;
    big = malloc(BIG + 10);
    memset(big, 'x', BIG + 10);
    big[0] = (char)0x81;
    big[1] = 127;
    for (int i = 0; i < 8; i++)
        big[2 + i] = (char)(length >> (56 - 8 * i));
    start(accept_all, serve());
    while (fgets(line, sizeof line, stdin) != NULL)
        ;
}

/* The floor. */

static int target;

static void *relay(void *argument)
{
    static int other[MOST * 8];
    static char buffer[ROOM];
    int listener = (int)(long)argument, poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = { .events = EPOLLIN, .data.fd = listener }, ready[64];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(poller, ready, 64, -1);
        for (int i = 0; i < count; i++) {
            int fd = ready[i].data.fd;
            if (fd == listener) {
                int caller = accept4(listener, NULL, NULL, SOCK_NONBLOCK), up = dial(target);
                if (caller < 0 || caller >= MOST * 8 || up >= MOST * 8)
                    fail("accept");
                no_delay(caller);
                other[caller] = up;
                other[up] = caller;
                event.data.fd = caller;
                epoll_ctl(poller, EPOLL_CTL_ADD, caller, &event);
                event.data.fd = up;
                epoll_ctl(poller, EPOLL_CTL_ADD, up, &event);
                continue;
            }
            ssize_t length = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
            if (length > 0)
                send_all(other[fd], buffer, (size_t)length);
            else if (length == 0 || errno != EAGAIN) {
                shutdown(other[fd], SHUT_WR);
                epoll_ctl(poller, EPOLL_CTL_DEL, fd, NULL);
            }
        }
    }
    return NULL;
}

static void follow(int port)
{
    char line[64];
    target = port;
    start(relay, serve());
    while (fgets(line, sizeof line, stdin) != NULL) {
        struct rusage u;
        getrusage(RUSAGE_SELF, &u);
        printf("%.0f\n", (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 + u.ru_utime.tv_usec + u.ru_stime.tv_usec);
        fflush(stdout);
    }
}

/* The client. */

static int by_value(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return x < y ? -1 : x > y;
}

static int join(int port, const char *path)
{
    char head[16 * 1024];
    int fd = dial(port), length = snprintf(head, sizeof head,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n\r\n", path, port);
    send_all(fd, head, (size_t)length);
    if (!read_head(fd, head, sizeof head) || strncmp(head, "HTTP/1.1 101 ", 13) != 0) {
        fprintf(stderr, "no WebSocket: %s\n", head);
        exit(1);
    }
    return fd;
}

static size_t command(char *frame, int is_big)
{
    char text[512];
    int length = snprintf(text, sizeof text, "{\"id\":1,\"method\":\"Runtime.evaluate\",\"params\":{\"expression\":\"%s\",\"returnByValue\":true%s}}",
        is_big ? "'x'.repeat(10000000)" : "1+1", is_big ? ",\"objectGroup\":\"0123456789ABCDEF0123456789ABCDEF\"" : ",\"objectGroup\":\"0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF\"");
    frame[0] = (char)0x81;
    frame[1] = (char)(0x80 | 126);
    frame[2] = (char)(length >> 8);
    frame[3] = (char)length;
    memcpy(frame + 4, "\x12\x34\x56\x78", 4);
    for (int i = 0; i < length; i++)
        frame[8 + i] = (char)(text[i] ^ frame[4 + i % 4]);
    return (size_t)length + 8;
}

static char buffer[ROOM];

/* Reads a frame through and throws it away; pings too. */
static void read_frame(int fd)
{
    for (;;) {
        unsigned char h[10];
        if (!read_exactly(fd, (char *)h, 2))
            fail("recv");
        uint64_t length = h[1] & 0x7f;
        int more = length == 127 ? 8 : length == 126 ? 2 : 0;
        if (!read_exactly(fd, (char *)h + 2, (size_t)more))
            fail("recv");
        if (more > 0)
            for (int i = length = 0; i < more; i++)
                length = length << 8 | h[2 + i];
        while (length > 0) {
            ssize_t count = recv(fd, buffer, length < sizeof buffer ? length : sizeof buffer, 0);
            if (count <= 0)
                fail("recv");
            length -= (uint64_t)count;
        }
        if (h[0] == 0x81)
            return;
    }
}

static void client(const char *usual)
{
    static int fds[65536];
    char line[256], what[16], path[200], frame[1024];
    int port, count;
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (sscanf(line, "%15s %d%199s %d", what, &port, path, &count) != 4 || path[0] != '/') {
            strcpy(path, usual);
            if (sscanf(line, "%15s %d %d", what, &port, &count) != 3)
                exit(2);
        }
        if (strcmp(what, "open") == 0) {
            while (count-- > 0)
                join(port, path);
            printf("0\n");
        } else {
            int is_big = strcmp(what, "big") == 0;
            long *times = malloc(sizeof *times * (size_t)count), began;
            size_t length = command(frame, is_big);
            if (fds[port] == 0)
                fds[port] = join(port, path);
            began = now();
            for (int i = 0; i < count; i++) {
                long start = now();
                send_all(fds[port], frame, length);
                read_frame(fds[port]);
                times[i] = now() - start;
            }
            long whole = (now() - began) / count;
            qsort(times, (size_t)count, sizeof *times, by_value);
            printf("%ld\n", is_big ? whole : times[count / 2]);
            free(times);
        }
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "agent") == 0)
        agent();
    else if (argc == 3 && strcmp(argv[1], "floor") == 0)
        follow(atoi(argv[2]));
    else if (argc == 3 && strcmp(argv[1], "client") == 0)
        client(argv[2]);
    else
        return 2;
    return 0;
}
