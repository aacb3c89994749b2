/* SPDX-License-Identifier: GPL-2.0-only */
/* Reader and controls of the debugfs tables (Documentation/ABI/testing/debugfs-hookcost) */
#ifndef HOOKCOST_PROBE_H
#define HOOKCOST_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/stats.h"

#define PROBE_MAX_PHASES 9
#define PROBE_MAX_PROGRAMS 32
#define PROBE_MAX_DEVICES 16

struct probe_bucket {
	uint64_t lo, hi, count;		/* lo <= ticks <= hi */
};

struct probe_phase {
	char name[16];			/* reach, entry or dequeue, prog, prep, verdict ... */
	unsigned int reads;		/* clock reads inside the interval: floors to subtract */
	uint64_t count, sum, min, max;	/* ticks */
	struct probe_bucket *bucket;
	size_t nbuckets;
	unsigned int step;		/* the clock's, in ticks; 0 and 1: every value is read */
};

struct probe_hook {
	char name[16];			/* xdp tc sk_skb udp tcp */
	char clock_mode[16];
	double khz;			/* ticks per millisecond */
	bool enabled;
	uint64_t unstamped, unsited, backward;
	struct probe_phase phase[PROBE_MAX_PHASES];
	size_t nphases;
};

struct probe_clock {
	char source[16], mode[16];
	double khz;
	double floor_plain, floor_ordered;	/* median ticks */
};

struct probe_native {
	char active[32];		/* "off" or a program */
	uint64_t arg;
	/* whose XDP programs it replaces; more than these are not kept */
	struct probe_netdev {
		char name[16];
		unsigned int ifindex, netns;	/* netns: its inode */
	} device[PROBE_MAX_DEVICES];
	size_t ndevices;
	char program[PROBE_MAX_PROGRAMS][32];
	char owner[PROBE_MAX_PROGRAMS][64];	/* a module, or "kernel" */
	uint64_t arg_max[PROBE_MAX_PROGRAMS];
	size_t nprograms;
};

/* Root of the tables: $HOOKCOST_DEBUGFS or /sys/kernel/debug/hookcost */
const char *probe_root(void);
/* 0, or -errno with a one-line reason in why (no root, no mount, no patch) */
int probe_available(char *why, size_t len);

/* These say err() themselves */
int probe_enable(const char *hooks);	/* "xdp tc", "all", "none" */
int probe_enabled(char *hooks, size_t len);	/* as probe_enable() takes it */
int probe_reset(void);
int probe_set_clock(const char *mode);	/* "plain", "ordered" */
int probe_set_device(const char *name);	/* "any", "none" or a netdev of this netns */
/* A program runs in place of the XDP programs of `devices`, names of this netns */
int probe_set_native(const char *prog, uint64_t arg, const char *devices);
int probe_native_off(void);
/* Whether there is a native program of that name */
bool probe_has_native(const struct probe_native *n, const char *name);
/* And whether it may be chosen; else the reason, one line */
bool probe_native_usable(const struct probe_native *n, const char *name, char *why, size_t len);
int probe_read_clock(struct probe_clock *c);
int probe_read_native(struct probe_native *n);
/* A corrupt table gives -EBADMSG and one line on stderr, nothing else */
int probe_read_hook(const char *hook, struct probe_hook *h);
void probe_hook_free(struct probe_hook *h);
void probe_hook_copy(struct probe_hook *to, const struct probe_hook *from);
const struct probe_phase *probe_phase(const struct probe_hook *h, const char *name);

/*
 * What h has more than an earlier reading; false, and h untouched, if the
 * tables were reset in between. min and max then come from the buckets.
 */
bool probe_hook_since(struct probe_hook *h, const struct probe_hook *earlier);
/* Ticks at quantile q, evenly spread within a bucket, or within a step of the clock */
double probe_quantile(const struct probe_phase *p, double q);

/* Histogram to nanoseconds, with `reads` medians of the floor removed if floor != NULL */
int probe_stats(const struct probe_hook *h, const struct probe_phase *p,
		const struct probe_phase *floor, struct stats *s);

/*
 * Mean in nanoseconds of the samples that are not longer than the median by more than
 * `beyond` ns: those that are hold an interrupt. left_out (may be NULL): how many. The
 * floor is still in it. NAN without samples.
 */
double probe_mean(const struct probe_hook *h, const struct probe_phase *p, double beyond,
		  uint64_t *left_out);

/* Everything off again: hooks none, native off, device any, clock plain */
void probe_all_off(void);
/* The same when the cleanup stack comes to it; 0 or -errno */
int probe_off_at_end(void);

#endif /* HOOKCOST_PROBE_H */
