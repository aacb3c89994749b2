// SPDX-License-Identifier: GPL-2.0-only
/* Figures 11 and 12: were those the frames, and the flows, that there should be? */
#include <math.h>
#include <stdlib.h>

#include "bench/flows/flows.h"
#include "core/json.h"
#include "traffic/zipf.h"

/* Of the exponent, and of 1 where it is less */
#define EXPONENT_LIMIT	0.02
/* Once in 10^9 by chance */
#define SIGMAS		6

static unsigned long long ull(uint64_t v)
{
	return v;
}

static void check_counts(const struct flows_point *p, struct row *row)
{
	const char *name = flows_side_name[p->side];

	bench_frames(row, name, &p->count);
	if (p->side == FLOWS_BASELINE)
		return;
	if (p->missed)
		row_reason(row, VALIDITY_INVALID, "program",
			   "%s: for %llu frames the map had no entry%s", name, ull(p->missed),
			   p->side == FLOWS_LRU_HASH ? ", which it may have given away" : "");
	row_ledger(row, "program", name, (const struct ledger[]){
		{ "frames sent", p->count.sent, p->count.sent },
		{ "counted by the map", p->counted, p->count.sent - p->missed },
		{ "of other flows", p->foreign, 0 },
		{ NULL }
	});
}

static void check_flows(const struct flows_point *p, struct row *row)
{
	const struct flows *f = p->f;
	const char *name = flows_side_name[p->side];
	double off = p->exponent - f->exponent;

	if (!zipf_distinct_likely(p->seen, f->flows, p->expected_seen, p->seen_sd))
		row_reason(row, VALIDITY_INVALID, "flows",
			   "%s: %u flows seen, not %.2f +- %.2g", name,
			   p->seen, p->expected_seen, p->seen_sd);
	if (!(fabs(off) <= EXPONENT_LIMIT * fmax(f->exponent, 1)) ||
	    (f->exponent && !(fabs(off) <= EXPONENT_LIMIT * f->exponent)))
		row_reason(row, VALIDITY_INVALID, "flows",
			   "%s: the counts have exponent %.3f, not %.3f", name, p->exponent,
			   f->exponent);
	if (!(fabs(p->deviation) <= SIGMAS))
		row_reason(row, VALIDITY_INVALID, "flows",
			   "%s: the counts are %.1f standard deviations from how flows should be spread",
			   name, p->deviation);
}

void flows_check(const struct flows_point *p, struct row *row)
{
	check_counts(p, row);
	if (p->side != FLOWS_BASELINE)
		check_flows(p, row);
}

static struct json_object *counts_of(const struct flows_point *p)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "frames_sent", json_object_new_int64(p->count.sent));
	json_object_object_add(o, "frames_in_driver", json_object_new_int64(p->count.received));
	json_object_object_add(o, "frames_dropped", json_object_new_int64(p->count.dropped));
	if (p->side == FLOWS_BASELINE)
		return o;
	json_object_object_add(o, "frames_counted", json_object_new_int64(p->counted));
	json_object_object_add(o, "frames_without_entry", json_object_new_int64(p->missed));
	json_object_object_add(o, "flows_seen", json_object_new_int64(p->seen));
	json_object_object_add(o, "exponent", json_number(p->exponent));
	json_object_object_add(o, "deviation", json_number(p->deviation));
	return o;
}

void flows_put_checks(struct flows *f, const struct flows_point *p)
{
	struct row *row = result_row_at(f->res, "flows", f->x);
	struct json_object *o = json_object_new_object();
	const struct flows_point *worst = &p[FLOWS_ARRAY];
	uint64_t sent = 0, lost = 0;
	double deviation = 0;
	enum flows_side side;
	char key[32];

	for (side = 0; side < FLOWS_SIDES; side++) {
		json_object_object_add(o, flows_side_key[side], counts_of(&p[side]));
		if (side == FLOWS_BASELINE)
			continue;
		sent += p[side].count.sent;
		lost += p[side].count.sent - p[side].counted;
		if (fabs(p[side].exponent - f->exponent) >
		    fabs(worst->exponent - f->exponent))
			worst = &p[side];
		if (fabs(p[side].deviation) > fabs(deviation))
			deviation = p[side].deviation;
	}
	snprintf(key, sizeof(key), f->figure->x_key, f->x);
	json_object_object_add(f->counts, key, o);
	f->sent += sent;
	f->counted += sent - lost;
	row_set(row, "frames", sent);
	row_set(row, "lost", lost);
	row_set(row, "seen", worst->seen);
	row_set(row, "expected", round(worst->expected_seen));
	row_set(row, "exponent", worst->exponent);
	row_set(row, "deviation", deviation);
	for (side = FLOWS_ARRAY; side < FLOWS_SIDES; side++)
		flows_check(&p[side], row);
}
