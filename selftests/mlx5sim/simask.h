/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests of several kinds that mlx5sim's generator makes, with numbers, and their replies;
 * simask.bpf.c has programs that note and answer them.
 *
 *	Ethernet, IPv4, UDP without a checksum, number (16 bits), kind, bytes that tell both
 */
#ifndef HOOKCOST_TEST_SIMASK_H
#define HOOKCOST_TEST_SIMASK_H

#define ASK_NUMBER_AT	42		/* behind UDP's header */
#define ASK_KIND_AT	44
#define ASK_MARK_AT	45		/* 0 in a request, 1 in a reply */
#define ASK_KINDS	16
#define ASK_GROWS	8		/* bytes by which a reply is longer, times its kind */
#define ASK_NUMBERS	65536
#define ASK_MAX		512		/* bytes */

/* What simask.bpf.c notes of the request of a number */
struct ask_seen {
	unsigned int times;
	unsigned short len;
	unsigned char kind, late;	/* late: a greater number came before */
};

#ifndef __bpf__
#include <stddef.h>
#include <stdint.h>

/* Lengths of a kind's request and reply, without FCS */
size_t ask_len(unsigned int kind);
size_t ask_reply_len(unsigned int kind);
/* Frames of these lengths, with number 0 */
void ask_request(uint8_t frame[ASK_MAX], unsigned int kind);
void ask_reply(uint8_t frame[ASK_MAX], unsigned int kind);
/* The generator's templates are the first n kinds; 0 or -errno */
int ask_templates(unsigned int n);
/* It makes them in this order; len 0: in turns */
int ask_pattern(const void *pattern, size_t len);
/* The sink is off, and expects the replies to the first n kinds; then one more. 0 or -errno */
int ask_expect(unsigned int n);
int ask_add_reply(unsigned int kind);
/* What it compares */
int ask_sink(unsigned int from, unsigned int number_at, unsigned int check);

/* The sink's histogram: frames of each kind, ns within which the quickest were */
struct ask_residence {
	uint64_t count[ASK_KINDS], shortest;
	unsigned int bad;		/* lines that are not as, or where, they should be */
	struct {
		unsigned int kind;
		uint64_t high;
	} last;
};

struct ask_residence ask_residence(void);
/* A file of the port's is opened, or truncated, and closed; 0 or -errno */
int ask_truncate(int port, const char *file);
/* A file, up to size bytes; how many, or -errno */
int ask_read(int port, const char *file, void *buf, size_t size);
#endif

#endif /* HOOKCOST_TEST_SIMASK_H */
