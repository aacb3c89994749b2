// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include "core/util.h"
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
};

const struct paper_curve *paper_curve(const char *figure, const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(curves); i++)
		if (!strcmp(curves[i].figure, figure) && !strcmp(curves[i].name, name))
			return &curves[i];
	return NULL;
}
