#define _GNU_SOURCE
/* The server of api_ping and api_info: it answers with bytes that it was given, and costs the same whoever asks.
 * usage: api_server SOCKET PING INFO; the files hold whole responses. Prints a line when it listens, ends with its input. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct response { char *bytes; size_t length; };
static struct response ping, info;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static struct response load(const char *path)
{
    struct response response;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        fail(path);
    response.length = (size_t)ftell(file);
    response.bytes = malloc(response.length);
    rewind(file);
    if (response.bytes == NULL || fread(response.bytes, 1, response.length, file) != response.length)
        fail(path);
    fclose(file);
    return response;
}

static void *serve(void *argument)
{
    int fd = (int)(long)argument;
    char request[4096];
    size_t have = 0;
    ssize_t count;
    while ((count = read(fd, request + have, sizeof request - have - 1)) > 0) {
        have += (size_t)count;
        request[have] = 0;
        if (strstr(request, "\r\n\r\n") == NULL)
            continue;
        struct response *response = strstr(request, "/vmm.ping ") != NULL ? &ping : &info;
        if (write(fd, response->bytes, response->length) != (ssize_t)response->length)
            break;
        have = 0;
    }
    close(fd);
    return NULL;
}

static void *accept_all(void *argument)
{
    int fd, listener = (int)(long)argument;
    pthread_t thread;
    while ((fd = accept(listener, NULL, NULL)) >= 0)
        if (pthread_create(&thread, NULL, serve, (void *)(long)fd) != 0)
            fail("pthread_create");
    fail("accept");
    return NULL;
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    pthread_t thread;
    if (argc != 4 || strlen(argv[1]) >= sizeof address.sun_path)
        return 2;
    ping = load(argv[2]);
    info = load(argv[3]);
    strcpy(address.sun_path, argv[1]);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 8) != 0)
        fail(argv[1]);
    if (pthread_create(&thread, NULL, accept_all, (void *)(long)listener) != 0)
        fail("pthread_create");
    puts("ready");
    fflush(stdout);
    while (getchar() != EOF)
        ;
    return 0;
}
