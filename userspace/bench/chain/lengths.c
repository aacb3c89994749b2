// SPDX-License-Identifier: GPL-2.0-only
/* chain: time per packet by the number of programs, and what one more of them costs */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/chain/chain.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"

#define OWN_MAX		256		/* maps of 256 KiB each */

static const char *const column_key[CHAIN_COLUMNS] = {
	"empty", "filter", "array_once", "array_shared", "array_own",
	"percpu_once", "percpu_shared", "percpu_own",
};

static const char *const column_name[CHAIN_COLUMNS] = {
	"empty", "filter", "ARRAY, once", "ARRAY, shared", "ARRAY, own",
	"PERCPU, once", "PERCPU, shared", "PERCPU, own",
};

static const char *const place_key[CHAIN_PLACES] = { "cls_bpf", "tcx" };

static const size_t lengths[] = { 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024 };
static const size_t lengths_quick[] = { 0, 1, 4, 16, 64 };

static size_t nlengths(const struct chain *c)
{
	return c->opts->quick ? ARRAY_SIZE(lengths_quick) : ARRAY_SIZE(lengths);
}

/* tcx has 63 places, of which one is the end's */
static size_t length(const struct chain *c, enum chain_place place, size_t i)
{
	size_t n = (c->opts->quick ? lengths_quick : lengths)[i];

	return place == CHAIN_TCX && n >= TCX_PROGRAMS ? TCX_PROGRAMS - 1 : n;
}

/* Whether such a chain is measured */
static bool is_there(const struct chain *c, enum chain_place place, enum chain_column column,
		     size_t n)
{
	double memory = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
	const struct chain_set *s = &c->set[place][column];

	if (!n)
		return column == CHAIN_EMPTY;
	/* tcx refuses a program that is there already */
	if (place == CHAIN_TCX && s->share == CHAIN_ONCE)
		return false;
	if (s->share != CHAIN_OWN)
		return true;
	return n <= OWN_MAX && chain_set_bytes(s, n) < memory / 8;
}

static void add_row(struct table *t, size_t n)
{
	struct row *row;
	char key[32], label[32];

	snprintf(key, sizeof(key), "n_%zu", n);
	snprintf(label, sizeof(label), "N = %zu", n);
	row = table_row(t, key, label);
	row_x(row, (double)n);
}

static void slope_key(char *key, size_t len, enum chain_place place, size_t from, size_t to)
{
	snprintf(key, len, "%s_%zu_%zu", place_key[place], from, to);
}

static bool has_row(const struct chain *c, enum chain_place place, size_t i)
{
	return !i || length(c, place, i) > length(c, place, i - 1);
}

void chain_lengths_rows(struct chain *c)
{
	struct table *slope = result_find(c->res, "slope");
	enum chain_place place;
	char key[48], label[64];
	size_t i;

	for (place = 0; place < CHAIN_PLACES; place++)
		for (i = 0; i < nlengths(c); i++) {
			size_t n = length(c, place, i), before = i ? length(c, place, i - 1) : 0;

			if (!has_row(c, place, i))
				break;
			add_row(result_find(c->res, place_key[place]), n);
			if (!before)
				continue;
			slope_key(key, sizeof(key), place, before, n);
			snprintf(label, sizeof(label), "%s, %zu to %zu", place_key[place], before,
				 n);
			table_row(slope, key, label);
		}
}

static struct row *row_n(const struct chain *c, enum chain_place place, size_t n)
{
	char key[32];

	snprintf(key, sizeof(key), "n_%zu", n);
	return result_row(c->res, place_key[place], key);
}

/* The points of one length, and their statistics for the next length's slope */
struct step {
	enum chain_place place;
	size_t length, n;
	struct chain_point p[CHAIN_COLUMNS];
	enum chain_column column[CHAIN_COLUMNS];
	struct stats stats[CHAIN_COLUMNS];
};

static void add_points(struct chain *c, struct step *s)
{
	enum chain_column column;

	for (column = 0; column < CHAIN_COLUMNS; column++) {
		if (!is_there(c, s->place, column, s->length))
			continue;
		s->column[s->n] = column;
		s->p[s->n++] = (struct chain_point){
			.set = &c->set[s->place][column],
			.n = s->length,
			.place = s->place,
			.name = column_name[column],
		};
	}
}

static void put(struct chain *c, struct step *s, size_t i)
{
	const struct chain_point *p = &s->p[i];
	struct row *row = row_n(c, p->place, p->n);
	const char *key = column_key[s->column[i]];
	struct stats *stats = &s->stats[s->column[i]];

	row_raw(row, key, "ns", p->ns, c->opts->batches);
	stats_less_each(p->ns, NULL, c->opts->batches, stats);
	row_set_median(row, key, stats);
	row_spread_validity(row, stats);
	chain_judge(p, row);
}

/* A chain's further programs: its time less the shorter one's, each */
static void put_slope(struct chain *c, const struct step *s, const struct step *before)
{
	double more = (double)(s->length - before->length);
	enum chain_column column;
	struct stats d;
	struct row *row;
	char key[48];

	slope_key(key, sizeof(key), s->place, before->length, s->length);
	row = result_row(c->res, "slope", key);
	for (column = 0; column < CHAIN_COLUMNS; column++) {
		const struct stats *a = &s->stats[column], *b = &before->stats[column];

		if (!a->n || !b->n)
			continue;
		stats_less(a, b, &d);
		row_set_interval(row, column_key[column], d.median / more, d.ci_lo / more,
				 d.ci_hi / more);
		row_spread_validity(row, a);
	}
}

static int measure(struct chain *c, struct step *s)
{
	char what[32];
	size_t at;
	int ret;

	add_points(c, s);
	snprintf(what, sizeof(what), "%s, N = %zu", place_key[s->place], s->length);
	ret = chain_measure(c, s->p, s->n, what);
	for (at = 0; at < s->n && !ret; at++)
		put(c, s, at);
	chain_points_free(s->p, s->n);
	return ret;
}

/* Both places one after the other: what is at tcx is before cls_bpf */
int chain_lengths(struct chain *c)
{
	enum chain_place place;
	struct step step[2];
	int ret = 0;
	size_t i;

	for (place = 0; place < CHAIN_PLACES; place++) {
		for (i = 0; i < nlengths(c) && !ret && has_row(c, place, i); i++) {
			struct step *s = &step[i % 2], *before = &step[(i + 1) % 2];

			*s = (struct step){ .place = place, .length = length(c, place, i) };
			ret = measure(c, s);
			if (!ret && i && before->length)
				put_slope(c, s, before);
		}
		chain_clear(c);
	}
	return ret;
}
