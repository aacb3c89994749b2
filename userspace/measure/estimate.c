// SPDX-License-Identifier: GPL-2.0-only
/* Means of repetitions, with all that they may be off by */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cpu.h"
#include "core/stats.h"
#include "core/util.h"
#include "measure/estimate.h"

#define TRIM		0.2
#define STEP_UNEVEN	0.1	/* of a step of the clock, see bench/self/delays.c */
#define WIDE_SHARE	0.1

struct estimate estimate_of(const double *v, size_t n)
{
	double *copy = xcalloc(n, sizeof(*copy));
	struct estimate r;

	memcpy(copy, v, n * sizeof(*copy));
	stats_trimmed(copy, n, TRIM, &r.ns, &r.half);
	r.systematic = 0;
	free(copy);
	return r;
}

double estimate_step_error(void)
{
	return STEP_UNEVEN * cpu_tsc_step_ns();
}

struct estimate estimate_rate(const double *v, size_t n, unsigned int block)
{
	struct estimate r = estimate_of(v, n);

	r.systematic = cpu_tsc_step_ns() / block;
	return r;
}

struct estimate estimate_plus(struct estimate a, struct estimate b)
{
	return (struct estimate){
		a.ns + b.ns, hypot(a.half, b.half), a.systematic + b.systematic
	};
}

struct estimate estimate_less(struct estimate a, struct estimate b)
{
	return (struct estimate){
		a.ns - b.ns, hypot(a.half, b.half), a.systematic + b.systematic
	};
}

struct estimate estimate_times(struct estimate r, double factor)
{
	return (struct estimate){ r.ns * factor, r.half * factor, r.systematic * factor };
}

const char *estimate_text(struct estimate r, char *text, size_t len)
{
	if (isfinite(r.half))
		snprintf(text, len, "%.1f +- %.1f", r.ns, r.half);
	else
		snprintf(text, len, "%.1f", r.ns);
	return text;
}

static void systematic_key(char *text, size_t len, const char *key)
{
	snprintf(text, len, "%s_systematic", key);
}

void estimate_column(struct table *t, const char *key, const char *head, int decimals)
{
	char name[48];

	table_column(t, key, head, "ns", decimals);
	systematic_key(name, sizeof(name), key);
	if (cpu_tsc_step() > 1)
		table_column(t, name, "clock +-", "ns", decimals);
}

void estimate_set_mean(struct row *row, const char *key, struct estimate r)
{
	if (isfinite(r.ns))
		row_set_interval(row, key, r.ns, isfinite(r.half) ? r.ns - r.half : NAN,
				 r.ns + r.half);
}

void estimate_set(struct row *row, const char *key, struct estimate r)
{
	char name[48];

	estimate_set_mean(row, key, r);
	systematic_key(name, sizeof(name), key);
	if (isfinite(r.ns) && cpu_tsc_step() > 1)
		row_set(row, name, r.systematic);
}

void estimate_judge_width(struct row *row, struct estimate r, double limit)
{
	if (!isfinite(r.half))
		row_reason(row, VALIDITY_INDICATIVE, "few",
			   "too few batches: it has no interval");
	else if (r.half + r.systematic > fmax(limit, WIDE_SHARE * fabs(r.ns)))
		row_reason(row, VALIDITY_INDICATIVE, "wide",
			   "its 95 %% interval, and what the clock may add, are wider than %g ns and %.0f %%",
			   limit, 100 * WIDE_SHARE);
}
