/* SPDX-License-Identifier: GPL-2.0-only */
/* A program at the XDP hook in its versions: native, eBPF, and compiled into the call site */
#ifndef HOOKCOST_VERSIONS_H
#define HOOKCOST_VERSIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "report/result.h"
#include "traffic/generator.h"

enum version {
	VERSION_NATIVE,		/* hookcost_native's function, called by the hook */
	VERSION_EBPF,
	VERSION_HARD,		/* compiled into the call site */
	VERSIONS
};

extern const char *const version_name[VERSIONS];	/* "native", "eBPF", "hard-coded" */
extern const char *const version_key[VERSIONS];		/* "native", "ebpf", "hard" */

struct versions {
	const char *ebpf;		/* the eBPF program, in xdp.bpf.c */
	uint64_t (*expected)(const uint8_t *frame, uint64_t x);	/* its result */
	bool frames_unknown;		/* the result depends on frames of others */
	struct net net;
	struct generator gen;
	bool have[VERSIONS];
	char lacks[VERSIONS][256];	/* why not */

	/* what the native hook runs now, NULL: nothing */
	const char *running;
	uint64_t arg;
	uint64_t sent, received, missed;	/* of all points */
};

/* One version at one x, while it is timed */
struct point {
	struct versions *of;
	enum version version;
	const char *name;		/* at the native hook; NULL: the eBPF version runs */
	uint64_t x;
	bool checked;			/* leaves a result that can be checked */
	uint64_t sent, received, dropped, missed;
	uint64_t excess;		/* nic: dropped, but not received */
	unsigned int wrong;		/* batches that another program ran */
};

/* What only drops, in each version, as program below */
extern const char *const version_drop[VERSIONS];
/*
 * Which there are of a program, and of the one that only drops: their names at the native hook,
 * NULL for the eBPF version. have[], or lacks[] with the reason; 0, or -errno with err() said.
 */
int versions_find(struct versions *f, const char *const program[VERSIONS]);
/* At least one in a thousand frames found the NIC full: the receiver is the limit */
bool version_saturated(const struct point *p);
/* The far end runs the point's program with its x from now on */
int version_select(struct point *p);
/* A batch_fn: generates `units` frames and counts where they went */
double version_batch(void *point, uint64_t units);
/*
 * Weakens the row if frames were lost, or another program ran, or, at so many ns a frame
 * (0: none was taken), another machine did not send enough
 */
void version_judge(const struct point *p, struct row *row, double ns);

#endif /* HOOKCOST_VERSIONS_H */
