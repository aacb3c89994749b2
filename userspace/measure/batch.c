// SPDX-License-Identifier: GPL-2.0-only
/* Calibrated, interleaved batches */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/run.h"
#include "core/util.h"
#include "measure/batch.h"
#include "net/foreign.h"

#define BATCH_NS	10e6
#define UNITS_MAX	1000000000000ULL
#define LINEAR_TOLERANCE 0.05
#define LINEAR_PAIRS	3
#define LINEAR_TRIES	3

/* Lower of the two, for times: what disturbs a batch only ever lengthens it */
static double best(double have, double now)
{
	return have < now ? have : now;
}

static int one_batch(batch_fn fn, void *arg, uint64_t units, double *ns)
{
	if (interrupted())
		return -EINTR;
	*ns = fn(arg, units);
	if (*ns < 0)
		return interrupted() ? -EINTR : (int)*ns;
	if (!isfinite(*ns))
		return -ERANGE;
	return 0;
}

static int check_linear(batch_fn fn, void *arg, struct batch_plan *p)
{
	double n1, n2, ns;
	int i, ret;

	n1 = INFINITY;
	n2 = INFINITY;
	for (i = 0; i < LINEAR_PAIRS; i++) {
		ret = one_batch(fn, arg, p->units, &ns);
		if (ret)
			return ret;
		n1 = best(n1, ns);
		ret = one_batch(fn, arg, 2 * p->units, &ns);
		if (ret)
			return ret;
		n2 = best(n2, ns);
	}
	p->ratio = n2 / n1 / 2;
	p->linear = fabs(p->ratio - 1) <= LINEAR_TOLERANCE;
	return 0;
}

int batch_calibrate(batch_fn fn, void *arg, uint64_t min_units, struct batch_plan *p)
{
	double ns;
	int i, ret;

	memset(p, 0, sizeof(*p));
	p->units = min_units ? min_units : 1;

	/* the first call warms up, whatever it took */
	ret = one_batch(fn, arg, p->units, &ns);
	if (ret)
		return ret;
	for (;;) {
		ret = one_batch(fn, arg, p->units, &ns);
		if (ret)
			return ret;
		if (ns >= BATCH_NS)
			break;
		if (p->units > UNITS_MAX / 2) {
			err("calibration: %llu units took only %.0f ns, so nothing is measured",
			    (unsigned long long)p->units, ns);
			return -ERANGE;
		}
		p->units *= 2;
	}
	/* a disturbance, unlike a fault, does not come three times */
	for (i = 0; i < LINEAR_TRIES && !p->linear; i++) {
		ret = check_linear(fn, arg, p);
		if (ret)
			return ret;
	}
	return 0;
}

/* Of the batch that is running */
static struct {
	bool said;
	double ns, kinds[BATCH_KINDS];
} aside;

void batch_aside(double ns, const double *kinds, size_t n)
{
	size_t i;

	aside.said = true;
	aside.ns += ns;
	for (i = 0; i < n && i < BATCH_KINDS; i++)
		aside.kinds[i] += kinds[i];
}

static void keep_aside(struct variant *v, size_t round, size_t batches)
{
	size_t i;

	if (!aside.said)
		return;
	if (!v->aside)
		v->aside = xcalloc(batches, sizeof(*v->aside));
	v->aside[round] = aside.ns / (double)v->plan.units;
	for (i = 0; i < BATCH_KINDS; i++)
		v->kinds[i] += aside.kinds[i] / (double)v->plan.units / (double)batches;
}

static int run_round(struct variant *v, size_t nvariants, size_t round, size_t batches)
{
	size_t i;

	for (i = 0; i < nvariants; i++) {
		struct variant *one = &v[round % 2 ? nvariants - 1 - i : i];
		double ns;
		int ret;

		foreign_look();
		memset(&aside, 0, sizeof(aside));
		ret = one_batch(one->fn, one->arg, one->plan.units, &ns);
		if (ret)
			return ret;
		one->ns[round] = ns / (double)one->plan.units / (one->each ?: 1);
		keep_aside(one, round, batches);
	}
	return 0;
}

void variants_free(struct variant *v, size_t n)
{
	for (; n; n--, v++) {
		free(v->ns);
		free(v->aside);
		v->ns = NULL;
		v->aside = NULL;
	}
}

static int rounds(struct variant *v, size_t nvariants, size_t batches, const char *what)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < nvariants; i++) {
		if (!v[i].ns)
			v[i].ns = xcalloc(batches, sizeof(*v[i].ns));
		memset(v[i].kinds, 0, sizeof(v[i].kinds));
	}
	for (i = 0; i < batches && !ret; i++) {
		progress(what, (unsigned int)i, (unsigned int)batches);
		ret = run_round(v, nvariants, i, batches);
	}
	progress_end();
	return ret;
}

int batch_rounds(struct variant *v, size_t nvariants, size_t batches, const char *what)
{
	size_t i;

	for (i = 0; i < nvariants; i++) {
		v[i].plan.linear = true;
		v[i].plan.ratio = 1;
	}
	return rounds(v, nvariants, batches, what);
}

int batch_compare(struct variant *v, size_t nvariants, size_t batches, const char *what)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < nvariants && !ret; i++) {
		ret = batch_calibrate(v[i].fn, v[i].arg, v[i].plan.units, &v[i].plan);
		if (!ret)
			info("%s: %s: %llu units a batch, time(2N)/2time(N) = %.3f",
			     what, v[i].name, (unsigned long long)v[i].plan.units,
			     v[i].plan.ratio);
	}
	progress_end();
	return ret ?: rounds(v, nvariants, batches, what);
}
