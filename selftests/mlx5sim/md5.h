/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_TEST_MD5_H
#define HOOKCOST_TEST_MD5_H

#include <stddef.h>
#include <stdint.h>

struct md5 {
	uint32_t state[4];
	uint64_t bytes;
	uint8_t block[64];
};

void md5_init(struct md5 *m);
void md5_add(struct md5 *m, const void *data, size_t len);
/* 32 hexadecimal digits, as md5sum(1) has them */
void md5_end(struct md5 *m, char text[33]);

#endif /* HOOKCOST_TEST_MD5_H */
