/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests of several kinds that the generator makes, and the replies to them, which end in the
 * device: no process sends or receives, and each reply is compared with the one that it should
 * be. Over mlx5sim only, see "sink" in Documentation/mlx5sim.rst; elsewhere
 * generator_has_replies() says no.
 */
#ifndef HOOKCOST_REPLIES_H
#define HOOKCOST_REPLIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "report/result.h"
#include "traffic/generator.h"

#define REQUEST_KINDS	16
#define REQUEST_TURNS	65536

/* From the Ethernet header on, without FCS */
struct request {
	const uint8_t *frame, *reply;	/* reply NULL: none is expected, nor to those behind */
	size_t len, reply_len;
};

struct requests {
	struct request kind[REQUEST_KINDS];
	unsigned int kinds;
	const uint8_t *turns;		/* a kind for each frame, over and over; NULL: in turns */
	size_t nturns;
	/*
	 * Offset of 16 bits that get the frame's number, and are the same in the reply; a
	 * checksum that covers them has to be right without (UDP over IPv4: 0, there is none)
	 */
	unsigned int number_at;
	unsigned int from;		/* replies are compared from this byte on */
	unsigned int check;		/* each so-manieth of a kind is; 0: lengths only */
};

/* Of all that arrived, each is one of right[], wrong, twice, unknown and other */
struct replies {
	uint64_t arrived, right[REQUEST_KINDS], compared;
	uint64_t wrong, wrong_length, wrong_bytes, wrong_template;
	uint64_t twice;			/* to a request that was answered already */
	uint64_t unknown;		/* to none of the generator's */
	uint64_t other;			/* to a group address */
};

/* So many replies have taken from low to high ns */
struct reply_bin {
	unsigned int kind;
	double low, high;
	uint64_t count;
};

/* From a request's arrival until its reply's, of those that were right; in order */
struct reply_times {
	struct reply_bin *bin;
	size_t n;
};

/* How one kind of device has them; all 0, or -errno with err() said */
struct reply_ops {
	int (*requests)(struct generator *g, const struct requests *r);
	int (*begin)(struct generator *g);
	int (*end)(struct generator *g);
	int (*count)(struct generator *g, struct replies *r);
	int (*times)(struct generator *g, struct reply_times *t);
};

bool generator_has_replies(const struct generator *g);
/*
 * From now on the generator makes these, the first of which takes the place of g->frame, and
 * generator_frame() must not be called; NULL: that one only, and no numbers. What *r points to
 * stays. Not between the next two.
 */
int generator_requests(struct generator *g, const struct requests *r);
/*
 * From now on what the far end sends ends in the device, counted from 0 on; until the end, when
 * it goes to the near netdev again. A generator that ends has ended it.
 */
int generator_replies_begin(struct generator *g);
int generator_replies_end(struct generator *g);
/* Since the begin, after the end too */
int generator_replies(struct generator *g, struct replies *r);
/* The same, to be freed by reply_times_free() */
int generator_reply_times(struct generator *g, struct reply_times *t);
/* Waits until so many frames have arrived since the begin, or no more come */
int generator_replies_settle(struct generator *g, uint64_t arrived);

/* Right ones of all kinds */
uint64_t replies_right(const struct replies *r);
/*
 * Sums up what two looks have between them: into *sum comes what *r has, or with sign -1 what it
 * has is taken away
 */
void replies_add(struct replies *sum, const struct replies *r, int sign);
/* The row is invalid if a reply was wrong, came twice, or is to no request */
void replies_judge(const struct replies *r, struct row *row);
/* The time that a share q of the replies of a kind (-1: of all) did not exceed, ns; NAN: none */
double reply_quantile(const struct reply_times *t, int kind, double q);
void reply_times_free(struct reply_times *t);

#endif /* HOOKCOST_REPLIES_H */
