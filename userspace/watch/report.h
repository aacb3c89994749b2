/* SPDX-License-Identifier: GPL-2.0-only */
/* What hookcost watch has seen in an interval, as text, JSON and for Prometheus */
#ifndef HOOKCOST_WATCH_REPORT_H
#define HOOKCOST_WATCH_REPORT_H

#include <stdio.h>
#include "report/result.h"
#include "watch/probe.h"
#include "watch/program.h"

/* One program, of one interval; times without the probe's own */
struct watch_row {
	const struct watched *program;
	bool timed;			/* by a probe; else there is a mean alone */
	struct watch_hist since, total;	/* in the interval; since the beginning */
	uint64_t runs;			/* bpf_stats' count; 0 without them */
	double seconds;			/* the interval */
	double median, low, high, p90, p99, p999, max, mean;	/* ns; NAN */
	double per_second, share;	/* runs; of one CPU, or NAN */
};

struct watch_sample {			/* bpf_stats' sums */
	uint64_t runs, ns;
	bool jiffies;			/* ns are those of a clock with steps of one: no mean */
};

/* From since, or from statistics that have grown so much; floor: NULL without probes */
void watch_row_fill(struct watch_row *r, const struct watch_sample *grown,
		    const struct watch_floor *floor);

void watch_print_header(FILE *out);
/* v: VALIDITY_EMULATED and weaker show no times */
void watch_print(FILE *out, double at, const struct watch_row *rows, size_t n, enum validity v);
struct json_object *watch_json(double at, const struct watch_row *rows, size_t n,
			       const struct watch_floor *floor, enum validity v, const char *why);
/* A file of metrics, as node_exporter's textfile collector reads; to be freed */
char *watch_prometheus(const struct watch_row *rows, size_t n, const struct watch_floor *floor,
		       enum validity v);

#endif /* HOOKCOST_WATCH_REPORT_H */
