// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/json.h"
#include "core/util.h"
#include "report/headline.h"
#include "report/results.h"

#define NAME_LEN 48

/* A number of the result and the paper's beside it; NAN: none */
struct number {
	double here, paper;
	const char *unit;
	int decimals;
};

static struct json_object *find_table(struct json_object *bench, const char *key)
{
	return json_find(json_array_of(bench, "tables"), "key", key);
}

static struct json_object *find_row(struct json_object *table, const char *key)
{
	return json_find(json_array_of(table, "rows"), "key", key);
}

static void add_row(struct json_object *rows, struct json_object *table, char *name)
{
	struct json_object *row, *o;
	char *label = strchr(name, '='), *c;

	if (label)
		*label++ = '\0';
	row = find_row(table, name);
	if (!row)
		return;
	for (c = label; c && *c; c++)
		*c = *c == '+' ? ' ' : *c;
	o = json_object_new_object();
	json_add_string(o, "key", name);
	json_add_string(o, "label", label ?: json_text(row, "label"));
	json_object_array_add(rows, o);
}

/* "TABLE COLUMN: ROW ..." */
static bool read_group(char *group, char key[NAME_LEN], char column[NAME_LEN], char **rows)
{
	int end = 0;

	if (sscanf(group, " %47[^ :] %47[^ :]:%n", key, column, &end) != 2 || !end)
		return false;
	*rows = group + end;
	return (*rows)[strspn(*rows, " ")];
}

/* Without one row that is there nothing is added */
static void add_group(struct json_object *list, struct json_object *bench, char *group)
{
	struct json_object *rows = json_object_new_array(), *table, *o;
	char key[NAME_LEN], column[NAME_LEN], *save, *name;

	if (!read_group(group, key, column, &name))
		goto drop;
	table = find_table(bench, key);
	if (!json_find(json_array_of(table, "columns"), "key", column))
		goto drop;
	name = strtok_r(name, " ", &save);
	for (; name; name = strtok_r(NULL, " ", &save))
		add_row(rows, table, name);
	if (!json_length(rows))
		goto drop;
	o = json_object_new_object();
	json_add_string(o, "table", key);
	json_add_string(o, "column", column);
	json_object_object_add(o, "rows", rows);
	json_object_array_add(list, o);
	return;
drop:
	json_object_put(rows);
}

static bool read_number(struct json_object *bench, const char *key, const char *row,
			const char *column, struct number *n)
{
	struct json_object *table = find_table(bench, key), *r = find_row(table, row);
	struct json_object *c = json_find(json_array_of(table, "columns"), "key", column);

	n->here = json_double(json_object_of(r, "cells"), column);
	n->paper = json_double(json_object_of(r, "paper"), column);
	n->unit = json_text(c, "unit");
	n->decimals = fmax(0, json_double(c, "decimals"));
	return !isnan(n->here);
}

/* 0.042, 1.25, 7.6, 340 */
static void print_ratio(FILE *out, double v)
{
	fprintf(out, "%.*f", fabs(v) < 0.1 ? 3 : fabs(v) < 2 ? 2 : fabs(v) < 10 ? 1 : 0, v);
}

static void print_as(FILE *out, char how, const struct number *n, double v)
{
	if (how == 'x') {
		print_ratio(out, v);
		fputs(" times", out);
	} else if (how == '%') {
		print_ratio(out, 100 * v);
		fputs(" %", out);
	} else {
		fprintf(out, "%.*f %s", n->decimals, v, n->unit);
	}
}

static char *write_sentence(const char *text, const struct number *n)
{
	const char *at = strchr(text, '@');
	char how = at ? at[1] : '\0', *s;
	FILE *out;
	size_t len;

	out = open_memstream(&s, &len);
	if (!out || !at)
		return out ? fclose(out), s : NULL;
	if (how != 'x' && how != '%')
		how = '\0';
	fprintf(out, "%.*s", (int)(at - text), text);
	print_as(out, how, n, n->here);
	fputs(at + 1 + !!how, out);
	if (isfinite(n->paper)) {
		fputs("; in the paper ", out);
		print_as(out, how, n, n->paper);
	}
	fputc('.', out);
	fclose(out);
	return s;
}

/* What it says before its text; the names' count: 3, 6, or another if it is malformed */
static int read_sentence(const char *sentence, char name[6][NAME_LEN], const char **text)
{
	const char *colon = strchr(sentence, ':');
	int n, end = 0;

	if (!colon)
		return 0;
	n = sscanf(sentence, " %47[^ :/] %47[^ :/] %47[^ :/] / %47[^ :/] %47[^ :/] %47[^ :/]%n",
		   name[0], name[1], name[2], name[3], name[4], name[5], &end);
	*text = colon + 1 + strspn(colon + 1, " ");
	return n == 6 && sentence + end != colon ? 0 : n;
}

static void add_sentence(struct json_object *bench, const char *sentence)
{
	char name[6][NAME_LEN], *s;
	struct number a, b;
	const char *text;
	int n = read_sentence(sentence, name, &text);

	if (n < 3 || !read_number(bench, name[0], name[1], name[2], &a))
		return;
	if (n == 6) {
		if (!read_number(bench, name[3], name[4], name[5], &b) || !b.here)
			return;
		a.here /= b.here;
		a.paper /= b.paper;
	}
	s = write_sentence(text, &a);
	json_add_string(bench, "sentence", s);
	free(s);
}

void headline_add(struct json_object *bench, const char *rows, const char *sentence)
{
	struct json_object *list = json_object_new_array();
	char *copy = xstrdup(rows ?: ""), *save, *group;

	for (group = strtok_r(copy, ";", &save); group; group = strtok_r(NULL, ";", &save))
		add_group(list, bench, group);
	free(copy);
	json_object_object_add(bench, "headline", list);
	json_add_string(bench, "sentence", "");
	if (sentence)
		add_sentence(bench, sentence);
}

bool headline_is_sound(const char *rows, const char *sentence)
{
	char name[6][NAME_LEN], key[NAME_LEN], column[NAME_LEN], *save, *group, *copy, *names;
	bool sound = rows && sentence && *rows;
	const char *text = "";
	int n;

	copy = xstrdup(rows ?: "");
	for (group = strtok_r(copy, ";", &save); group; group = strtok_r(NULL, ";", &save))
		sound = sound && read_group(group, key, column, &names);
	free(copy);
	n = read_sentence(sentence ?: "", name, &text);
	return sound && (n == 3 || n == 6) && strchr(text, '@') == strrchr(text, '@') &&
	       strchr(text, '@') && text[strlen(text) - 1] != '.';
}
