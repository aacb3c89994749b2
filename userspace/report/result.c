// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "report/result_priv.h"

/* What an emulated CPU still counts rightly */
static const char *const count_units[] = {
	"", "n", "count", "samples", "packets", "bytes", "B", "instructions", "insns",
};

const char *validity_name(enum validity v)
{
	static const char *const name[] = {
		[VALIDITY_VALID] = "valid",
		[VALIDITY_INDICATIVE] = "indicative",
		[VALIDITY_EMULATED] = "emulated",
		[VALIDITY_INVALID] = "invalid",
		[VALIDITY_NOT_MEASURED] = "not measured",
	};

	return name[v];
}

struct result *result_new(const char *bench, const char *title)
{
	struct result *res = xcalloc(1, sizeof(*res));

	res->bench = xstrdup(bench);
	res->title = xstrdup(title);
	res->facts = json_object_new_object();
	return res;
}

static void row_free(struct row *r)
{
	size_t i;

	for (i = 0; i < r->ncells; i++)
		free(r->cells[i].text);
	free(r->cells);
	free(r->key);
	free(r->label);
	free(r->reason);
	json_object_put(r->raw);
	json_object_put(r->detail);
	json_object_put(r->notes);
	json_object_put(r->reasons);
	free(r);
}

void table_free(struct table *t)
{
	size_t i;

	for (i = 0; i < t->ncolumns; i++) {
		free(t->columns[i].key);
		free(t->columns[i].head);
		free(t->columns[i].unit);
	}
	for (i = 0; i < t->nrows; i++)
		row_free(t->rows[i]);
	free(t->plot.xlabel);
	free(t->plot.ylabel);
	free(t->plot.columns);
	free(t->columns);
	free(t->rows);
	free(t->key);
	free(t->title);
	free(t);
}

void result_free(struct result *res)
{
	size_t i;

	if (!res)
		return;
	for (i = 0; i < res->ntables; i++)
		table_free(res->tables[i]);
	for (i = 0; i < res->nnotes; i++)
		free(res->notes[i].text);
	for (i = 0; i < res->ntime_facts; i++)
		free(res->time_facts[i]);
	free(res->time_facts);
	free(res->tables);
	free(res->notes);
	free(res->bench);
	free(res->title);
	free(res->source);
	free(res->device_text);
	free(res->lacks);
	json_object_put(res->device);
	json_object_put(res->facts);
	free(res);
}

void result_device(struct result *res, const char *text, struct json_object *fields)
{
	free(res->device_text);
	json_object_put(res->device);
	res->device_text = xstrdup(text);
	res->device = fields;
}

void result_source(struct result *res, const char *source)
{
	free(res->source);
	res->source = source ? xstrdup(source) : NULL;
}

struct table *result_table(struct result *res, const char *key, const char *title)
{
	struct table *t = xcalloc(1, sizeof(*t));

	t->key = xstrdup(key);
	t->title = xstrdup(title);
	res->tables = xrealloc(res->tables, res->ntables + 1, sizeof(*res->tables));
	res->tables[res->ntables++] = t;
	return t;
}

void table_plot(struct table *t, enum plot_kind kind, const char *xlabel, const char *ylabel,
		const char *columns, bool log_x)
{
	t->plot.kind = kind;
	t->plot.xlabel = xstrdup(xlabel);
	t->plot.ylabel = xstrdup(ylabel);
	t->plot.columns = xstrdup(columns);
	t->plot.log_x = log_x;
}

void row_x(struct row *r, double x)
{
	r->has_x = true;
	r->x = x;
}

__printf(3, 0)
static void add_note(struct result *res, bool times, const char *fmt, va_list ap)
{
	struct note n = { .times = times };

	if (vasprintf(&n.text, fmt, ap) < 0)
		return;
	res->notes = xrealloc(res->notes, res->nnotes + 1, sizeof(*res->notes));
	res->notes[res->nnotes++] = n;
}

void result_note(struct result *res, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_note(res, false, fmt, ap);
	va_end(ap);
}

void result_note_times(struct result *res, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_note(res, true, fmt, ap);
	va_end(ap);
}

void result_fact(struct result *res, const char *key, struct json_object *val)
{
	json_object_object_add(res->facts, key, val);
}

void result_fact_times(struct result *res, const char *key, struct json_object *val)
{
	result_fact(res, key, val);
	res->time_facts = xrealloc(res->time_facts, res->ntime_facts + 1,
				   sizeof(*res->time_facts));
	res->time_facts[res->ntime_facts++] = xstrdup(key);
}

void result_hide_times(struct result *res)
{
	size_t i, kept = 0;

	for (i = 0; i < res->nnotes; i++) {
		if (res->notes[i].times)
			free(res->notes[i].text);
		else
			res->notes[kept++] = res->notes[i];
	}
	res->nnotes = kept;
	for (i = 0; i < res->ntime_facts; i++)
		json_object_object_del(res->facts, res->time_facts[i]);
}

void table_column(struct table *t, const char *key, const char *head,
		  const char *unit, int decimals)
{
	struct column *c;

	t->columns = xrealloc(t->columns, t->ncolumns + 1, sizeof(*t->columns));
	c = &t->columns[t->ncolumns++];
	c->key = xstrdup(key);
	c->head = xstrdup(head);
	c->unit = xstrdup(unit);
	c->decimals = decimals;
}

struct row *table_row(struct table *t, const char *key, const char *label)
{
	struct row *r = xcalloc(1, sizeof(*r));

	r->key = xstrdup(key);
	r->label = xstrdup(label);
	r->reason = xstrdup("");
	r->reasons = json_object_new_array();
	r->table = t;
	r->raw = json_object_new_object();
	r->detail = json_object_new_object();
	r->notes = json_object_new_array();
	t->rows = xrealloc(t->rows, t->nrows + 1, sizeof(*t->rows));
	t->rows[t->nrows++] = r;
	return r;
}

static struct cell *cell_at(struct row *r, const char *col)
{
	size_t i;

	for (i = 0; i < r->table->ncolumns; i++) {
		if (strcmp(r->table->columns[i].key, col))
			continue;
		if (i >= r->ncells) {
			r->cells = xrealloc(r->cells, i + 1, sizeof(*r->cells));
			memset(&r->cells[r->ncells], 0,
			       (i + 1 - r->ncells) * sizeof(*r->cells));
			r->ncells = i + 1;
		}
		return &r->cells[i];
	}
	err("table %s has no column %s, row %s loses a value", r->table->key, col, r->key);
	return NULL;
}

const struct cell *row_cell(const struct row *r, size_t column)
{
	return column < r->ncells ? &r->cells[column] : NULL;
}

void row_set(struct row *r, const char *col, double value)
{
	struct cell *c = cell_at(r, col);

	if (!c)
		return;
	if (!isfinite(value)) {
		row_weaken(r, VALIDITY_INVALID, "%s is not a finite number", col);
		return;
	}
	c->value = value;
	c->is_number = true;
	c->has_interval = false;
}

void row_set_interval(struct row *r, const char *col, double value, double low, double high)
{
	struct cell *c;

	row_set(r, col, value);
	c = cell_at(r, col);
	if (!c || !c->is_number || !isfinite(low) || !isfinite(high))
		return;
	c->has_interval = true;
	c->low = low;
	c->high = high;
}

void row_set_median(struct row *r, const char *col, const struct stats *s)
{
	row_set_interval(r, col, s->median, s->ci_lo, s->ci_hi);
}

void row_set_rate(struct row *r, const char *col, double of, const struct stats *s)
{
	struct cell *c;

	row_set_interval(r, col, of / s->median, s->ci_lo > 0 ? of / s->ci_hi : NAN,
			 of / s->ci_lo);
	c = cell_at(r, col);
	if (c)
		c->is_rate = true;
}

void row_text(struct row *r, const char *col, const char *text)
{
	struct cell *c = cell_at(r, col);

	if (!c)
		return;
	free(c->text);
	c->text = xstrdup(text);
	c->is_number = false;
}

void row_paper(struct row *r, const char *col, double value)
{
	struct cell *c = cell_at(r, col);

	if (!c || !isfinite(value))
		return;
	c->paper = value;
	c->has_paper = true;
}

static struct json_object *coded(const char *code, const char *text)
{
	struct json_object *o = json_object_new_object();

	json_add_string(o, "code", code);
	json_add_string(o, "text", text);
	return o;
}

/* A weaker validity's reason replaces, a further one of the same is appended */
static void weaken(struct row *r, enum validity v, const char *code, const char *why)
{
	char *joined;

	if (v < r->validity || v == VALIDITY_VALID)
		return;
	if (v == r->validity && strstr(r->reason, why))
		return;
	if (v > r->validity) {
		json_object_put(r->reasons);
		r->reasons = json_object_new_array();
	}
	if (*why)
		json_object_array_add(r->reasons, coded(code, why));
	if (v > r->validity || !*r->reason)
		joined = xstrdup(why);
	else
		joined = xasprintf("%s; %s", r->reason, why);
	free(r->reason);
	r->reason = joined;
	r->validity = v;
}

void row_weaken(struct row *r, enum validity v, const char *fmt, ...)
{
	char why[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	weaken(r, v, "other", why);
}

void row_reason(struct row *r, enum validity v, const char *code, const char *fmt, ...)
{
	char why[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	weaken(r, v, code, why);
}

bool row_ledger(struct row *r, const char *code, const char *of, const struct ledger *l)
{
	char counts[400];
	bool exact = ledger_exact(l, counts, sizeof(counts));

	if (!exact)
		row_reason(r, VALIDITY_INVALID, code, "%s%s%s", of ?: "", of ? ": " : "", counts);
	return exact;
}

void result_weaken(struct result *res, enum validity v, const char *why)
{
	size_t i, j;

	for (i = 0; i < res->ntables; i++)
		for (j = 0; j < res->tables[i]->nrows; j++)
			weaken(res->tables[i]->rows[j], v, "run", why);
}

void result_weaken_by_tsc(struct result *res, enum validity v, const char *why)
{
	size_t i, j;

	for (i = 0; i < res->ntables; i++)
		for (j = 0; res->tables[i]->by_tsc && j < res->tables[i]->nrows; j++)
			weaken(res->tables[i]->rows[j], v, "run", why);
}

void row_raw(struct row *r, const char *name, const char *unit,
	     const double *v, size_t n)
{
	struct json_object *values = json_object_new_array_ext((int)n);
	struct json_object *raw = json_object_new_object();
	size_t i;

	for (i = 0; i < n; i++)
		json_object_array_add(values, json_number(v[i]));
	json_object_object_add(raw, "unit", json_string(unit));
	json_object_object_add(raw, "values", values);
	json_object_object_add(r->raw, name, raw);
}

void row_note(struct row *r, const char *code, const char *fmt, ...)
{
	struct json_object *o = json_object_new_object();
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	json_add_string(o, "code", code);
	json_add_string(o, "text", text);
	json_object_array_add(r->notes, o);
}

void row_detail(struct row *r, const char *name, struct json_object *val)
{
	json_object_object_add(r->detail, name, val);
}

bool row_hides(const struct row *r, const struct column *c)
{
	size_t i;

	if (r->validity < VALIDITY_EMULATED)
		return false;
	if (r->validity > VALIDITY_EMULATED)
		return true;
	for (i = 0; i < ARRAY_SIZE(count_units); i++)
		if (!strcmp(c->unit, count_units[i]))
			return false;
	return true;
}

/* It has numbers, and its validity lets all of them be seen */
static bool row_measured(const struct row *r)
{
	size_t i, numbers = 0;

	for (i = 0; i < r->ncells; i++) {
		if (!r->cells[i].is_number)
			continue;
		if (row_hides(r, &r->table->columns[i]))
			return false;
		numbers++;
	}
	return numbers;
}

size_t result_measured(const struct result *res)
{
	size_t i, j, n = 0;

	for (i = 0; i < res->ntables; i++)
		for (j = 0; j < res->tables[i]->nrows; j++)
			n += row_measured(res->tables[i]->rows[j]);
	return n;
}

size_t result_invalid(const struct result *res)
{
	size_t i, j, n = 0;

	for (i = 0; i < res->ntables; i++)
		for (j = 0; j < res->tables[i]->nrows; j++)
			n += res->tables[i]->rows[j]->validity == VALIDITY_INVALID;
	return n;
}

enum validity result_validity(const struct result *res)
{
	enum validity weakest = VALIDITY_VALID;
	size_t i, j, rows = 0;

	for (i = 0; i < res->ntables; i++) {
		for (j = 0; j < res->tables[i]->nrows; j++, rows++) {
			enum validity v = res->tables[i]->rows[j]->validity;

			weakest = v > weakest ? v : weakest;
		}
	}
	return rows ? weakest : VALIDITY_NOT_MEASURED;
}
