/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Times a program by two others, at its entry and its exit (fentry, fexit). No function of the
 * kernel is touched. They go when this process ends, however it does.
 */
#ifndef HOOKCOST_WATCH_PROBE_H
#define HOOKCOST_WATCH_PROBE_H

#include "watch/hist.h"

struct watch_probe;

/* Of the program `function` in fd; NULL: why not */
struct watch_probe *watch_probe_new(int fd, const char *function, char *why, size_t len);
void watch_probe_free(struct watch_probe *p);
/* What there is since it began; lost has what the kernel left out, too. 0 or -errno */
int watch_probe_read(const struct watch_probe *p, struct watch_hist *h);

/* What the probe itself takes, which is in every time; ns */
struct watch_floor {
	double median, mean;		/* of a program that does nothing, probed */
	double step;			/* the clock's, if it stands still between reads; 0 */
	double added;			/* what a run takes longer for being probed */
};

/* 0, or -errno with why: there are no probes here */
int watch_calibrate(struct watch_floor *f, char *why, size_t len);

#endif /* HOOKCOST_WATCH_PROBE_H */
