/* SPDX-License-Identifier: GPL-2.0-only */
/* What the paper observes, and what a result file says of each observation */
#ifndef HOOKCOST_FINDINGS_H
#define HOOKCOST_FINDINGS_H

#include <json-c/json.h>
#include <stddef.h>
#include <stdio.h>

/* One cell takes at least `factor` times another of the same column */
struct comparison_def {
	const char *bench, *table, *column;
	const char *more, *less;	/* rows */
	double factor;
	const char *less_column;	/* NULL: the same */
};

#define COMPARISONS_MAX 4

struct observation {
	const char *key;
	const char *source;		/* "Table 1" */
	const char *claim;		/* in hookcost's words */
	struct comparison_def comparison[COMPARISONS_MAX];	/* .bench NULL: no more */
};

/* findings_list.c */
extern const struct observation observations[];
extern const size_t nobservations;

enum finding {
	FINDING_SEEN,
	FINDING_NOT_SEEN,
	FINDING_UNTOLD,
};

const char *finding_name(enum finding f);

/* What a comparison says: of the cells' 95 % intervals, the ratio's own */
struct evidence {
	const struct comparison_def *def;
	enum finding finding;
	const char *code;		/* why it cannot be told: see json.rst; NULL: it is */
	char why[192];
	double more, less, ratio, low, high;	/* NAN: not there */
	double paper;			/* the paper's ratio, NAN: it has none */
	const char *more_label, *less_label, *unit, *validity;
	const char *more_column, *less_column;	/* "": both are of the same */
};

/*
 * Seen if all that is compared is: the whole interval is at least the factor; not seen if one is
 * below it; else it cannot be told. Strings are of the results. How many there are in e[].
 */
enum finding observation_judge(const struct observation *o, struct json_object *results,
			       struct evidence e[COMPARISONS_MAX], size_t *n);
/* Of all of them: the text, and {"key", "finding", ...} for each; how many can be told */
size_t findings_print(FILE *out, struct json_object *results, int width);
struct json_object *findings_json(struct json_object *results);
/* Whether one of the benches that they are from is among the results */
bool findings_any(struct json_object *results);
/* "SK_SKB 1072 ns, 3.9 times TC, 273 ns (...)", to be freed */
char *evidence_text(const struct evidence *e);

#endif /* HOOKCOST_FINDINGS_H */
