#define _GNU_SOURCE
/* The floor of the cdp rows: a blocking socket, frames made by hand, one buffer that is used again.
 * usage: cdp PORT PATH TARGET; then lines "WHAT COUNT" on standard input, each answered with
 * "P50-NANOSECONDS CPU-MICROSECONDS-PER-OPERATION". WHAT: evaluate, pipelined, events, png, string. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ROOM (64 * 1024)

static int fd;
static char buffer[ROOM + 1];
static size_t from, to;
static char session[128];
static long number;

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

static double cpu(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static int by_value(const void *a, const void *b)
{
    long x = *(const long *)a, y = *(const long *)b;
    return x < y ? -1 : x > y;
}

static void more(size_t want)
{
    if (to - from >= want)
        return;
    memmove(buffer, buffer + from, to - from);
    to -= from;
    from = 0;
    while (to < want) {
        ssize_t count = recv(fd, buffer + to, ROOM - to, 0);
        if (count <= 0)
            fail("recv");
        to += (size_t)count;
    }
}

/* The byte behind the last message, for which a zero stands; it goes back before anything is read on. */
static char *cut, kept;

static uint64_t header(void)
{
    if (cut != NULL)
        *cut = kept;
    cut = NULL;
    more(2);
    unsigned char *h = (unsigned char *)buffer + from;
    uint64_t length = h[1] & 0x7f;
    if (h[0] != 0x81) {
        fprintf(stderr, "an unexpected frame %02x\n", h[0]);
        exit(1);
    }
    if (length == 126) {
        more(4);
        h = (unsigned char *)buffer + from;
        length = (uint64_t)h[2] << 8 | h[3];
        from += 4;
    } else if (length == 127) {
        more(10);
        h = (unsigned char *)buffer + from;
        length = 0;
        for (int i = 2; i < 10; i++)
            length = length << 8 | h[i];
        from += 10;
    } else {
        from += 2;
    }
    return length;
}

/* A message that fits the buffer, with a zero behind it until the next call. */
static char *message(size_t *length)
{
    *length = header();
    if (*length > ROOM - 16) {
        fprintf(stderr, "a message of %zu bytes\n", *length);
        exit(1);
    }
    more(*length);
    char *text = buffer + from;
    from += *length;
    cut = text + *length;
    kept = *cut;
    *cut = 0;
    return text;
}

static void command(const char *method, const char *parameters)
{
    static char frame[8192];
    char *json = frame + 8;
    int length = snprintf(json, sizeof frame - 8, "{\"id\":%ld,\"method\":\"%s\"%s%s%s,\"params\":{%s}}",
                          ++number, method, *session ? ",\"sessionId\":\"" : "", session, *session ? "\"" : "", parameters);
    static const unsigned char mask[4] = { 0x12, 0x34, 0x56, 0x78 };
    for (int i = 0; i < length; i++)
        json[i] ^= (char)mask[i & 3];
    char *start = length < 126 ? frame + 2 : frame;
    start[0] = (char)0x81;
    if (length < 126) {
        start[1] = (char)(0x80 | length);
    } else {
        start[1] = (char)(0x80 | 126);
        start[2] = (char)(length >> 8);
        start[3] = (char)length;
    }
    memcpy(json - 4, mask, 4);
    size_t whole = (size_t)(json + length - start);
    if (send(fd, start, whole, MSG_NOSIGNAL) != (ssize_t)whole)
        fail("send");
}

/* Waits for the answer of a number; counts the console's messages before it. */
static char *answer(long id, long *events)
{
    char prefix[32];
    int size = snprintf(prefix, sizeof prefix, "{\"id\":%ld,", id);
    for (;;) {
        size_t length;
        char *text = message(&length);
        if (strncmp(text, prefix, (size_t)size) == 0) {
            if (strstr(text, "\"error\"") != NULL) {
                fprintf(stderr, "%s\n", text);
                exit(1);
            }
            return text;
        }
        if (events != NULL && strncmp(text, "{\"method\":\"Runtime.consoleAPICalled\"", 36) == 0 && strstr(text, "\"args\":") != NULL)
            (*events)++;
    }
}

static void connect_to(int port, const char *path)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int one = 1;
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    char request[1024];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", path, port);
    if (send(fd, request, (size_t)length, 0) != length)
        fail("send");
    for (;;) {
        ssize_t count = recv(fd, buffer + to, ROOM - to, 0);
        if (count <= 0)
            fail("handshake");
        to += (size_t)count;
        buffer[to] = 0;
        char *end = strstr(buffer, "\r\n\r\n");
        if (end != NULL) {
            if (strncmp(buffer, "HTTP/1.1 101", 12) != 0)
                fail("handshake");
            from = (size_t)(end + 4 - buffer);
            return;
        }
    }
}

static long evaluate(long count)
{
    long *times = malloc(sizeof *times * (size_t)count);
    for (long i = 0; i < count; i++) {
        long start = now();
        command("Runtime.evaluate", "\"expression\":\"1+1\",\"returnByValue\":true");
        if (strstr(answer(number, NULL), "\"value\":2") == NULL)
            fail("evaluate");
        times[i] = now() - start;
    }
    qsort(times, (size_t)count, sizeof *times, by_value);
    long median = times[count / 2];
    free(times);
    return median;
}

static void pipelined(long count)
{
    long sent = 0, done = 0;
    while (done < count) {
        while (sent < count && sent - done < 64) {
            command("Runtime.evaluate", "\"expression\":\"1+1\",\"returnByValue\":true");
            sent++;
        }
        size_t length;
        char *text = message(&length);
        if (strncmp(text, "{\"id\":", 6) == 0 && strstr(text, "\"value\":2") != NULL)
            done++;
    }
}

static void events(long count)
{
    char expression[128];
    long seen = 0;
    snprintf(expression, sizeof expression, "\"expression\":\"for(let i=0;i<%ld;i++)console.log(i)\"", count);
    command("Runtime.evaluate", expression);
    answer(number, &seen);
    while (seen < count) {
        size_t length;
        char *text = message(&length);
        if (strncmp(text, "{\"method\":\"Runtime.consoleAPICalled\"", 36) == 0)
            seen++;
    }
}

static const signed char *digits(void)
{
    static signed char table[256];
    if (table['B'] == 0) {
        memset(table, -1, sizeof table);
        const char *all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < 64; i++)
            table[(unsigned char)all[i]] = (signed char)i;
    }
    return table;
}

/* The one long text of the answer, handed on piece by piece; gives its length. */
static size_t text_of(const char *name, int base64)
{
    static char out[ROOM];
    static volatile char taken;
    const signed char *table = digits();
    char prefix[32];
    int prefix_size = snprintf(prefix, sizeof prefix, "{\"id\":%ld,", number);
    uint64_t left = header();
    more(left < 512 ? left : 512);
    while (strncmp(buffer + from, prefix, (size_t)prefix_size) != 0) {
        /* An event; all of it is passed over. */
        while (left > 0) {
            more(1);
            size_t count = to - from < left ? to - from : left;
            from += count;
            left -= count;
        }
        left = header();
        more(left < 512 ? left : 512);
    }
    size_t total = 0, size = strlen(name);
    uint32_t group = 0;
    int in_group = 0, inside = 0, ended = 0;
    while (left > 0) {
        more(inside ? 1 : left < 512 ? left : 512);
        size_t count = to - from < left ? to - from : left;
        char *p = buffer + from, *end = p + count;
        if (!inside) {
            p = memmem(p, count, name, size);
            if (p == NULL)
                fail("text");
            p += size;
            inside = 1;
        }
        if (!ended) {
            char *quote = memchr(p, '"', (size_t)(end - p));
            char *stop = quote != NULL ? quote : end;
            ended = quote != NULL;
            size_t made = 0;
            if (base64) {
                for (; p < stop; p++) {
                    int digit = table[(unsigned char)*p];
                    if (digit < 0)
                        break;
                    group = group << 6 | (uint32_t)digit;
                    if (++in_group == 4) {
                        out[made++] = (char)(group >> 16);
                        out[made++] = (char)(group >> 8);
                        out[made++] = (char)group;
                        in_group = 0;
                    }
                }
            } else {
                made = (size_t)(stop - p);
                memcpy(out, p, made);
            }
            total += made;
            taken = made > 0 ? out[made - 1] : taken;
        }
        from += count;
        left -= count;
    }
    if (base64 && in_group > 1)
        total += (size_t)in_group - 1;
    return total;
}

int main(int argc, char **argv)
{
    char what[16], parameters[256];
    long count;
    if (argc != 4)
        return 2;
    connect_to(atoi(argv[1]), argv[2]);
    snprintf(parameters, sizeof parameters, "\"targetId\":\"%s\",\"flatten\":true", argv[3]);
    command("Target.attachToTarget", parameters);
    char *id = strstr(answer(number, NULL), "\"sessionId\":\"");
    if (id == NULL || sscanf(id + 13, "%127[^\"]", session) != 1)
        fail("attach");
    while (scanf("%15s %ld", what, &count) == 2) {
        int is_events = strcmp(what, "events") == 0;
        if (is_events) {
            command("Runtime.enable", "");
            answer(number, NULL);
        }
        double before = cpu();
        long start = now(), median = 0;
        if (strcmp(what, "evaluate") == 0) {
            median = evaluate(count);
        } else if (strcmp(what, "pipelined") == 0) {
            pipelined(count);
        } else if (is_events) {
            events(count);
        } else {
            size_t total = 0;
            int is_png = strcmp(what, "png") == 0;
            for (long i = 0; i < count; i++) {
                command(is_png ? "Page.captureScreenshot" : "Runtime.evaluate",
                        is_png ? "\"format\":\"png\"" : "\"expression\":\"'x'.repeat(10000000)\",\"returnByValue\":true");
                total += text_of(is_png ? "\"data\":\"" : "\"value\":\"", is_png);
            }
            if (total < (size_t)count * 1000000) {
                fprintf(stderr, "%s of %zu bytes\n", what, total);
                return 1;
            }
        }
        if (median == 0)
            median = (now() - start) / count;
        printf("%ld %.4f\n", median, (cpu() - before) / (double)count);
        fflush(stdout);
        if (is_events) {
            command("Runtime.disable", "");
            answer(number, NULL);
            command("Runtime.discardConsoleEntries", "");
            answer(number, NULL);
        }
    }
    return 0;
}
