/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs with one call of the kernel's bpf_memcpy(), made to order */
#ifndef HOOKCOST_TEST_MEMCPY_PROG_H
#define HOOKCOST_TEST_MEMCPY_PROG_H

#include <linux/bpf.h>
#include <stdint.h>

enum region { STACK, MAP_A, MAP_B, PACKET, REGIONS };

#define STACK_BYTES	440
#define VALUE_BYTES	2048
#define PACKET_BYTES	1024

/* What the verifier knows of the size and of the source */
enum known {
	CONSTANT,
	VARIABLE,	/* the size is read from a map */
	TWO_SIZES,	/* either of two paths has its own */
	TWO_SOURCES,
	KNOWNS,
};

struct place {
	enum region region;
	uint32_t off;
};

struct copy {
	enum known known;
	struct place dst, src[2];
	uint32_t room, size[2];		/* [1]: the other path's */
};

/* The value of the map that a program works with beside those that it copies */
struct board {
	uint8_t before[STACK_BYTES], after[STACK_BYTES];
	int64_t result;		/* what bpf_memcpy() returned */
	int64_t moved;		/* how far a register that it must keep has moved: 0 */
	uint64_t size;		/* VARIABLE: the size */
	uint64_t path;		/* TWO_...: not 0 for the second one */
};

struct maps {
	int a, b, board;
};

uint32_t region_bytes(enum region region);
/* An XDP program that returns XDP_PASS if it came through; a file descriptor or -errno */
int memcpy_prog(const struct copy *c, const struct maps *maps, int func);

#endif /* HOOKCOST_TEST_MEMCPY_PROG_H */
