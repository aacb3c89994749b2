// SPDX-License-Identifier: GPL-2.0-only
/* Which of two curves is lower where, in words */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/compiler.h"
#include "report/crossing.h"

struct text {
	char *at;
	size_t left;
};

static void __printf(2, 3) add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->at, t->left, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= t->left)
		n = t->left ? (int)t->left - 1 : 0;
	t->at += n;
	t->left -= n;
}

static int known(const struct curves *c, size_t i)
{
	return isfinite(c->ns_a[i]) && isfinite(c->ns_b[i]) && isfinite(c->tolerance[i]);
}

/* 1: a is faster, -1: b is, 0: no difference */
static int faster(const struct curves *c, size_t i)
{
	double d = c->ns_b[i] - c->ns_a[i];

	if (fabs(d) <= c->tolerance[i])
		return 0;
	return d > 0 ? 1 : -1;
}

static void add_end(struct text *t, const struct curves *c, size_t i)
{
	double d = c->ns_b[i] - c->ns_a[i];
	double slow = d > 0 ? c->ns_b[i] : c->ns_a[i];

	if (!faster(c, i))
		add(t, "at %s = %g there is no difference beyond the spread", c->xname, c->x[i]);
	else
		add(t, "at %s = %g %s is faster by %.1f ns (%.1f %%)", c->xname, c->x[i],
		    d > 0 ? c->a : c->b, fabs(d), 100 * fabs(d) / slow);
}

static void add_crossings(struct text *t, const struct curves *c)
{
	size_t i, last = 0, crossings = 0;
	int was = 0, now;

	for (i = 0; i < c->n; i++) {
		now = known(c, i) ? faster(c, i) : 0;
		if (!now)
			continue;
		if (was && now != was)
			add(t, "%s between %g and %g", crossings++ ? "," : "; they cross",
			    c->x[last], c->x[i]);
		was = now;
		last = i;
	}
	if (!crossings)
		add(t, "; they do not cross");
}

void curves_describe(const struct curves *c, char *text, size_t len)
{
	struct text t = { text, len };
	size_t first, last;

	for (first = 0; first < c->n && !known(c, first); first++)
		;
	for (last = c->n; last > first && !known(c, last - 1); last--)
		;
	if (last <= first + 1) {
		add(&t, "too few points to tell which is faster");
		return;
	}
	add_end(&t, c, first);
	add(&t, ", ");
	add_end(&t, c, last - 1);
	add_crossings(&t, c);
}
