// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <string.h>
#include "core/util.h"
#include "report/paper.h"
#include "report/paper_curve.h"

#define POINTS	5		/* of figures 11 and 12 */

static const double cut[] = {
	0, 10, 20, 30, 40, 50, 60, 64.8, 80, 82.4, 90, 99.4
};

static const double cut_pps[ARRAY_SIZE(cut)] = {
	973576, 974833, 976874, 978190, 980303, 991676,
	985589, 991546, 981455, 992073, 991025, 1000863
};

static const double flows[POINTS] = { 100, 5000, 10000, 50000, 100000 };
static const double flows_array[POINTS] = { 13.8, 13.5, 13.4, 13.1, 12.3 };
static const double flows_hash[POINTS] = { 8.5, 8.1, 7.7, 6.3, 5.9 };
static const double flows_lru[POINTS] = { 8.4, 8.3, 8.1, 6.7, 6.5 };
static const double flows_array_l1[POINTS] = { 1.03, 1.14, 1.21, 1.24, 1.16 };
static const double flows_hash_l1[POINTS] = { 1.16, 1.54, 1.62, 1.67, 1.73 };
static const double flows_lru_l1[POINTS] = { 1.17, 1.5, 1.54, 1.62, 1.67 };

static const double zipf[POINTS] = { 0, 0.5, 1, 1.5, 2 };
static const double zipf_array[POINTS] = { 12.4, 12.5, 13.3, 13.8, 13.8 };
static const double zipf_hash[POINTS] = { 5.5, 5.7, 7.5, 9.5, 9.8 };
static const double zipf_lru[POINTS] = { 5.7, 5.8, 7.6, 9.6, 9.7 };
static const double zipf_array_l1[POINTS] = { 1.17, 1.21, 1.11, 1.02, 1.0 };
static const double zipf_hash_l1[POINTS] = { 1.89, 1.88, 1.58, 1.2, 1.04 };
static const double zipf_lru_l1[POINTS] = { 1.86, 1.85, 1.48, 1.11, 1.04 };

static const double fib_x[] = {
	0, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120
};

static const double fib_hardcoded[ARRAY_SIZE(fib_x)] = {
	15.9, 15.1, 13.8, 11.5, 8.7, 5.2, 3.1, 1.7, 0.95, 0.5, 0.25
};

static const double fib_ebpf[ARRAY_SIZE(fib_x)] = {
	14.6, 13.8, 12.8, 11.5, 9.1, 5.3, 3.4, 1.8, 0.96, 0.5, 0.25
};

static const double sum_x[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 16, 20, 28, 32, 64
};

static const double sum_hardcoded[ARRAY_SIZE(sum_x)] = {
	15.97, 9.77, 7.12, 5.6, 4.6, 3.77, 3.27, 2.93, 2.64, 2.2, 1.46, 1.2, 0.87, 0.77, 0.4
};

static const double sum_ebpf[ARRAY_SIZE(sum_x)] = {
	13.99, 7.63, 5.2, 3.95, 3.08, 2.58, 2.23, 1.96, 1.75, 1.44, 0.94, 0.767, 0.55, 0.49, 0.25
};

static const struct paper_curve curves[] = {
	{ "figure10", "pps", ARRAY_SIZE(cut), cut, cut_pps },
	{ "figure11", "ARRAY", POINTS, flows, flows_array },
	{ "figure11", "HASH", POINTS, flows, flows_hash },
	{ "figure11", "LRU_HASH", POINTS, flows, flows_lru },
	{ "figure11", "ARRAY misses", POINTS, flows, flows_array_l1 },
	{ "figure11", "HASH misses", POINTS, flows, flows_hash_l1 },
	{ "figure11", "LRU_HASH misses", POINTS, flows, flows_lru_l1 },
	{ "figure12", "ARRAY", POINTS, zipf, zipf_array },
	{ "figure12", "HASH", POINTS, zipf, zipf_hash },
	{ "figure12", "LRU_HASH", POINTS, zipf, zipf_lru },
	{ "figure12", "ARRAY misses", POINTS, zipf, zipf_array_l1 },
	{ "figure12", "HASH misses", POINTS, zipf, zipf_hash_l1 },
	{ "figure12", "LRU_HASH misses", POINTS, zipf, zipf_lru_l1 },
	{ "figure14a", "hard-coded", ARRAY_SIZE(fib_x), fib_x, fib_hardcoded },
	{ "figure14a", "eBPF", ARRAY_SIZE(fib_x), fib_x, fib_ebpf },
	{ "figure14b", "hard-coded", ARRAY_SIZE(sum_x), sum_x, sum_hardcoded },
	{ "figure14b", "eBPF", ARRAY_SIZE(sum_x), sum_x, sum_ebpf },
};

const struct paper_curve *paper_curve(const char *figure, const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(curves); i++)
		if (!strcmp(curves[i].figure, figure) && !strcmp(curves[i].name, name))
			return &curves[i];
	return NULL;
}

/* The curves of a figure have the same x */
static const struct paper_curve *any_curve(const char *figure)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(curves); i++)
		if (!strcmp(curves[i].figure, figure))
			return &curves[i];
	return NULL;
}

size_t paper_points(const char *figure)
{
	return any_curve(figure) ? any_curve(figure)->n : 0;
}

const double *paper_x(const char *figure)
{
	return any_curve(figure) ? any_curve(figure)->x : NULL;
}

double paper_at(const char *figure, const char *curve, double x)
{
	const struct paper_curve *c = paper_curve(figure, curve);
	size_t i;

	for (i = 0; c && i < c->n; i++)
		if (c->x[i] == x)
			return c->y[i];
	return NAN;
}
