/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs a program with packets as they came: another restores each; see bpf/replay.bpf.h */
#ifndef HOOKCOST_PROG_REPLAY_H
#define HOOKCOST_PROG_REPLAY_H

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "prog/frames.h"
#include "prog/hold.h"
#include "prog/prog.h"
#include "replay.bpf.h"

/* Slots that one test_run can take: what an sk_buff has of a frame besides its bytes is alike */
struct stretch {
	uint32_t first, n;
	uint32_t frame;			/* one of it */
};

/* Packets in their order, with the verdicts of one program */
struct sequence {
	struct stretch *stretch;
	size_t nstretches;
	uint32_t n;
	uint64_t count[REPLAY_VERDICTS];	/* of each verdict, by replay_count() */
};

struct replay_xdp_bpf;
struct replay_tc_bpf;

struct replay {
	const struct frames *frames;
	enum bpf_prog_type type;
	unsigned int runs;		/* packets in one go */
	/*
	 * A test_run for each packet, which no program could make what it was: a TC program has
	 * changed what is in front of its headers
	 */
	bool fresh;
	struct replay_xdp_bpf *xdp;
	struct replay_tc_bpf *tc;
	struct bpf_object *obj;
	struct replay_state *state;
	int replay, each, cold, one, empty;	/* programs */
	int called_map, called;		/* which program is called now */
	struct replay_slot *slot;
	uint32_t *frame;		/* of each slot */
	uint64_t *took;
	size_t nslots, room;
	struct hold hold;
	bool evicts;			/* there is the memory for `cold` */
};

/*
 * slots: as many as sequences will take. 0, -ENOEXEC with a reason in why if the kernel cannot
 * call these programs that way, or -errno with one line said.
 */
int replay_open(struct replay *r, const struct prog *p, size_t slots, char *why, size_t len);
void replay_close(struct replay *r);
/* Frames by their places, as they are to come, for that program; restored each time */
void replay_sequence(struct replay *r, const struct subject *s, const uint32_t *frames, size_t n,
		     struct sequence *seq);
void sequence_free(struct sequence *seq);
/* Slots of all sequences can be used anew */
void replay_forget(struct replay *r);

/* One program in its turn: what it was given, and what it made of it */
struct turn {
	struct replay *replay;
	const struct sequence *seq;
	int fd;
	const struct subject *s;	/* whose loads take turns; NULL: always fd */
	uint64_t batches;		/* of them */
	bool any_verdict;		/* the empty program */
	uint64_t packets, passes;
	uint64_t count[REPLAY_VERDICTS];
	uint64_t wrong, failed;
	uint32_t wrong_frame;
	int32_t wrong_verdict, right_verdict;
};

/* A batch_fn of struct turn; units: packets, a multiple of the sequence's */
double replay_batch(void *turn, uint64_t units);
/* So many at least make a batch, if each is in a test_run of its own */
#define REPLAY_FRESH_LEAST	2000
/* Each slot by itself, `passes` times: the least time of one packet, ns, into took[] */
int replay_each(struct turn *t, unsigned int passes, double *took);
/* So many packets, spread over the sequence, with nothing in the caches: a time each */
int replay_cold(struct turn *t, double *ns, size_t n);
/* Bytes that are written between two of these */
size_t replay_evicts(void);

#endif /* HOOKCOST_PROG_REPLAY_H */
