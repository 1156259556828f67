#define _GNU_SOURCE
/* The floor of api_ping and api_info: a client of a unix socket that does nothing but the exchange.
 * usage: api_client SOCKET; then lines "TARGET COUNT" on standard input, each answered with the median in nanoseconds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return x < y ? -1 : x > y;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void exchange(int fd, const char *request, size_t length)
{
    static char buffer[1 << 20];
    size_t have = 0, want = 0;
    if (write(fd, request, length) != (ssize_t)length)
        fail("write");
    while (want == 0 || have < want) {
        ssize_t count = read(fd, buffer + have, sizeof buffer - have - 1);
        if (count <= 0)
            fail("read");
        have += (size_t)count;
        buffer[have] = 0;
        char *end = strstr(buffer, "\r\n\r\n");
        if (want == 0 && end != NULL) {
            char *header = strcasestr(buffer, "Content-Length:");
            want = (size_t)(end + 4 - buffer) + (header != NULL && header < end ? strtoul(header + 15, NULL, 10) : 0);
            if (strncmp(buffer, "HTTP/1.1 200", 12) != 0) {
                fprintf(stderr, "%.*s\n", (int)have, buffer);
                exit(1);
            }
        }
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (argc != 2 || strlen(argv[1]) >= sizeof address.sun_path)
        return 2;
    strcpy(address.sun_path, argv[1]);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("connect");
    char target[128], request[256];
    int count;
    while (scanf("%127s %d", target, &count) == 2) {
        int length = snprintf(request, sizeof request,
            "GET /api/v1/%s HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n", target);
        long *times = malloc(sizeof *times * (size_t)count);
        for (int i = 0; i < count; i++) {
            long start = now();
            exchange(fd, request, (size_t)length);
            times[i] = now() - start;
        }
        qsort(times, (size_t)count, sizeof *times, by_value);
        printf("%ld\n", times[count / 2]);
        fflush(stdout);
        free(times);
    }
    return 0;
}
