#include "kernel_command_line.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void command_line_read(char *text, size_t size)
{
    int file = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t got = file >= 0 ? read(file, text, size - 1) : 0;
    text[got > 0 ? got : 0] = '\0';
    if (file >= 0) {
        close(file);
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t word_length(const char *word)
{
    bool quoted = false;
    size_t length = 0;
    while (word[length] != '\0' && (quoted || !is_blank(word[length]))) {
        quoted ^= word[length] == '"';
        length++;
    }
    return length;
}

/* Copies without quotes; false when it does not fit. */
static bool copy_unquoted(const char *from, size_t length, char *to, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (from[i] == '"') {
            continue;
        }
        if (used + 1 >= size) {
            return false;
        }
        to[used++] = from[i];
    }
    to[used] = '\0';
    return true;
}

bool command_line_value(const char *text, const char *name, char *value, size_t size)
{
    size_t name_length = strlen(name);
    bool found = false;

    while (*text != '\0') {
        while (is_blank(*text)) {
            text++;
        }
        size_t length = word_length(text);
        if (length == 2 && text[0] == '-' && text[1] == '-') {
            break;
        }
        const char *word = text;
        text += length;
        if (length > 0 && word[0] == '"') {
            word++;
            length--;
        }
        if (length > name_length && strncmp(word, name, name_length) == 0 && word[name_length] == '=') {
            found = copy_unquoted(word + name_length + 1, length - name_length - 1, value, size);
        }
    }
    return found;
}
