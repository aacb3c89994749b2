/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of output.h */
#ifndef HOOKCOST_OUTPUT_PRIV_H
#define HOOKCOST_OUTPUT_PRIV_H

#include <sys/types.h>

/*
 * Where a path leads, to be freed; its last part need not be there. *fd: one of this process's
 * descriptors if the path is its name, as /dev/stdout is, else -1. NULL with errno set.
 */
char *file_at(const char *path, int *fd);
/* One of this process's descriptors by which that regular file is being written; -1: none */
int file_open_as(dev_t dev, ino_t ino);

/* Whether file_write() can do it: 0 or -errno; nothing is changed */
int file_try(const char *path);
/*
 * Replaces the file by another of the same owner and mode, so that there is always a whole one;
 * where that cannot be (it is a mount point, has other names or attributes, the folder is not
 * ours), its contents. 0 or -errno, and the contents are as they were.
 */
int file_write(const char *path, const char *text);
/* A new file for what could not be written elsewhere: its name, to be freed, or NULL */
char *file_rescue(const char *text);

#endif /* HOOKCOST_OUTPUT_PRIV_H */
