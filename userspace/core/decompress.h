/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that may be compressed, as distributions' modules are */
#ifndef HOOKCOST_DECOMPRESS_H
#define HOOKCOST_DECOMPRESS_H

#include <stdbool.h>

/* Whether a file's name is this one, or this one compressed: NAME, NAME.xz, NAME.zst, NAME.gz */
bool decompress_matches(const char *file, const char *name);

/*
 * Opens a file, by its name's end decompressed (by xz, zstd or gzip) into memory. A file
 * descriptor at its beginning, to be closed; or -errno: -ENOPKG: that program is missing;
 * -EBADMSG: it could not make anything of the file.
 */
int decompress_open(const char *path);

#endif /* HOOKCOST_DECOMPRESS_H */
