/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets made by the kernel, for the XDP program of the receiving netdev: no
 * process sends them, and there is neither a system call nor an sk_buff per
 * packet. On veth they are BPF_PROG_TEST_RUN's live frames, redirected into the
 * peer; on mlx5 the frames are the software ConnectX' own. On a NIC they come from
 * another machine, and are only waited for: generator_run() ends with -ENODATA, not
 * said, if none do.
 */
#ifndef HOOKCOST_GENERATOR_H
#define HOOKCOST_GENERATOR_H

#include <bpf/libbpf.h>
#include <stdint.h>
#include "core/ledger.h"
#include "measure/batch.h"
#include "net/device.h"
#include "net/net.h"

#define GENERATOR_BYTES	64		/* without FCS: what the programs read */
#define GENERATOR_SHORT	60		/* the shortest frame: 64 bytes with FCS */
#define GENERATOR_LONG	1514		/* the longest one */

struct generator;
struct reply_ops;

/* How one kind of device gets its frames */
struct generator_ops {
	const char *what;		/* the frames, in words */
	const char *idle;		/* what generator_idle() runs, in words; NULL: none */
	bool ebpf;			/* an eBPF program makes them */
	unsigned int block;		/* frames that are timed as one */
	unsigned int blocks;		/* at most, in one go; a signal is seen in between */
	int (*setup)(struct generator *g);
	void (*end)(struct generator *g);
	/*
	 * Sends that many blocks and some more, and adds all frames to g->sent.
	 * Out: the blocks' times, ns per frame, in took[], how many they are in
	 * *n, and all that they took in *ns. 0, or -errno with err() said.
	 */
	int (*run)(struct generator *g, unsigned int blocks, double *took, size_t *n, double *ns);
	int (*idle_run)(struct generator *g, unsigned int blocks, double *took, size_t *n,
			double *ns);
	/* So many frames, untimed; they may still be in the driver's queue */
	int (*send)(struct generator *g, uint64_t frames);
	/* g->frame is another one */
	int (*frame)(struct generator *g);
	int (*flows)(struct generator *g, uint32_t n, unsigned int zipf_milli);
	/* So many frames, then the driver's turn */
	int (*burst)(struct generator *g, unsigned int frames);
	/* The end's: the time since the begin that was a model's, in model_ns and by its work */
	int (*model_begin)(struct generator *g);
	int (*model_end)(struct generator *g);
	const struct reply_ops *replies;	/* see traffic/replies.h; NULL: it has none */
};

struct generator {
	const struct net *net;
	const struct generator_ops *ops;
	void *priv;			/* ops' own, from setup() to end() */
	struct xdp_bpf *skel;		/* programs for the far end */
	struct bpf_link *link;		/* the one there */
	bool silent;			/* nic: nothing came when it was last waited for */
	uint64_t sent;			/* frames, those that are not timed too */
	uint64_t looked;		/* at the memory, when so many had been sent */
	bool unsettled;			/* a run does not wait for its last frames */
	unsigned int together;		/* veth: so many blocks are timed as one (0: 1) */
	double timed_ns, counted_ns;	/* all that blocks took, and what was taken for it */
	/* mlx5: of a frame's time in the last run, the model's own, in all and by its work */
	bool has_model;
	double model_ns, model_work[BATCH_KINDS];
	uint8_t frame[GENERATOR_LONG];
	size_t len;
	/*
	 * Flows come out of a ring of so many that were drawn beforehand, from this
	 * place on, which can be set; 0: each is drawn when its frame is made
	 */
	uint64_t ring, at;
};

/* Where a device's frames come from, in words */
const char *generator_what(const struct device *d);
/*
 * Frames of len bytes. Pushes its own end on the cleanup stack first; 0, or
 * -errno with err() said.
 */
int generator_setup(struct generator *g, const struct net *n, size_t len);
/* Puts an XDP program on the far end, in place of the one there; NULL: none */
int generator_target(struct generator *g, const struct bpf_program *prog);
/*
 * Nanoseconds for `frames` frames, or -errno with err() said: the mean of the
 * middle half of all blocks, so that an interrupt, or another process on the
 * CPU, is not counted as the path's time. Some more frames are sent before and
 * after.
 */
double generator_run(struct generator *g, uint64_t frames);
/* On mlx5: so many frames, then the driver's turn. Short bursts are disturbed more rarely */
int generator_burst(struct generator *g, unsigned int frames);
/* The same without the receiver: frames are made and dropped at once; not in `sent` */
double generator_idle(struct generator *g, uint64_t frames);

/*
 * Where frames are sent with generator_send(), and a batch times them itself: on mlx5 what is
 * the model's of the time between the two is said with batch_aside(). 0, or -errno with err()
 * said.
 */
int generator_model_begin(struct generator *g);
int generator_model_end(struct generator *g);

/* generator_idle() as a batch_fn; gen: the generator */
double generator_idle_batch(void *gen, uint64_t frames);
/* So many frames, untimed; they may still be on their way */
int generator_send(struct generator *g, uint64_t frames);
/*
 * What has been counted by now, added to f: with sign -1 before a batch and with 1 behind it f
 * has what came meanwhile
 */
int generator_count(const struct generator *g, struct frame_count *f, int sign);
/* Waits until the driver has received that many in all, or no more come */
int generator_settle(struct generator *g, uint64_t received);
/* Sends, and waits: caches are then as a long run of these frames leaves them */
int generator_warm(struct generator *g, uint64_t frames);
/* After g->frame, of g->len bytes, has been changed */
int generator_frame(struct generator *g);
/*
 * From now on the frames are those of n flows; the i-th, from 0, has i added to
 * its source address, and a share in proportion to 1 / (i + 1)^s, s in thousandths
 */
int generator_flows(struct generator *g, uint32_t n, unsigned int zipf_milli);

#endif /* HOOKCOST_GENERATOR_H */
