/* Reading the kernel command line. Pure but for command_line_read; tested natively. */
#ifndef KERNEL_COMMAND_LINE_H
#define KERNEL_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* COMMAND_LINE_SIZE of x86 and its terminator. */
#define COMMAND_LINE_LIMIT 4097

/* Fills text with /proc/cmdline; an empty string where it cannot be read. */
void command_line_read(char *text, size_t size);

/*
 * Copies the value of the last NAME=VALUE word into value and returns true; false where there is none or it does not fit.
 * A double quote keeps blanks together, as in the kernel's own parser; words after "--" belong to init and are not read.
 */
bool command_line_value(const char *text, const char *name, char *value, size_t size);

#endif
