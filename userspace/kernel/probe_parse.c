// SPDX-License-Identifier: GPL-2.0-only
/* Strict parsers: a table is read wholly as documented, or refused */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/util.h"
#include "kernel/probe_priv.h"

#define FIELDS_MAX	16
#define KHZ_MAX		100000000ULL	/* 100 GHz */
#define READS_MAX	16

struct reader {
	char *pos;		/* next line, NULL at the end */
	unsigned int line;
	char *field[FIELDS_MAX];
	size_t nfields;
	char *why;
	size_t why_len;
};

/* Which phases a hook has between these two is the kernel's to say */
static const char first_phase[] = "reach", last_phase[] = "floor";

__printf(2, 3)
static int bad(struct reader *r, const char *fmt, ...)
{
	char what[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(r->why, r->why_len, "line %u: %s", r->line, what);
	return -EBADMSG;
}

static int begin(struct reader *r, char *text, size_t len, char *why, size_t why_len)
{
	memset(r, 0, sizeof(*r));
	r->why = why;
	r->why_len = why_len;
	r->line = 1;
	if (!len)
		return bad(r, "the table is empty");
	if (memchr(text, '\0', len))
		return bad(r, "a NUL byte in the text");
	if (text[len - 1] != '\n')
		return bad(r, "the last line has no end");
	r->pos = text;
	r->line = 0;
	return 0;
}

/* 1: a line's fields are there, 0: end of the table, or -EBADMSG */
static int next_line(struct reader *r)
{
	char *s = r->pos, *end;

	r->line++;
	r->nfields = 0;
	if (!s)
		return 0;
	end = strchr(s, '\n');
	*end = '\0';
	r->pos = end[1] ? end + 1 : NULL;

	for (;;) {
		char *space = strchr(s, ' ');

		if (r->nfields == FIELDS_MAX)
			return bad(r, "more than %d fields", FIELDS_MAX);
		if (space)
			*space = '\0';
		if (!*s)
			return bad(r, "an empty field");
		r->field[r->nfields++] = s;
		if (!space)
			return 1;
		s = space + 1;
	}
}

static int need_line(struct reader *r, const char *what)
{
	int ret = next_line(r);

	if (!ret)
		return bad(r, "the table ends where \"%s\" should stand", what);
	return ret < 0 ? ret : 0;
}

/*
 * Fields against a format of words: "=w" the word w itself, "u" a number, "s"
 * a word. Numbers and words go to the arguments.
 */
static int match(struct reader *r, const char *format, ...)
{
	const char *f = format;
	size_t i = 0;
	va_list ap;
	int ret = 0;

	va_start(ap, format);
	while (*f && !ret) {
		size_t n = strcspn(f, " ");

		if (i >= r->nfields) {
			ret = bad(r, "%zu fields are too few", r->nfields);
		} else if (*f == '=') {
			if (strlen(r->field[i]) != n - 1 ||
			    strncmp(r->field[i], f + 1, n - 1))
				ret = bad(r, "\"%.32s\" stands where \"%.*s\" should",
					  r->field[i], (int)n - 1, f + 1);
		} else if (*f == 'u') {
			if (!parse_u64(r->field[i], va_arg(ap, uint64_t *)))
				ret = bad(r, "\"%.32s\" is no number from 0 to 2^64-1",
					  r->field[i]);
		} else {
			*va_arg(ap, const char **) = r->field[i];
		}
		i++;
		f += n;
		f += *f == ' ';
	}
	va_end(ap);
	if (!ret && i < r->nfields)
		ret = bad(r, "%zu fields are too many", r->nfields);
	return ret;
}

static int copy_word(struct reader *r, char *to, size_t len, const char *from)
{
	if (strlen(from) >= len)
		return bad(r, "\"%.32s\" is longer than %zu characters", from, len - 1);
	snprintf(to, len, "%s", from);
	return 0;
}

static int parse_mode(struct reader *r, char *to, size_t len, const char *mode)
{
	if (strcmp(mode, "plain") && strcmp(mode, "ordered"))
		return bad(r, "clock mode \"%.32s\" is neither plain nor ordered", mode);
	return copy_word(r, to, len, mode);
}

static int parse_khz(struct reader *r, double *to, uint64_t khz)
{
	if (!khz || khz > KHZ_MAX)
		return bad(r, "%llu kHz is no clock's rate", (unsigned long long)khz);
	*to = (double)khz;
	return 0;
}

static int add_bucket(struct reader *r, struct probe_phase *p)
{
	struct probe_bucket b;
	int ret;

	ret = match(r, "=b u u u", &b.lo, &b.hi, &b.count);
	if (ret)
		return ret;
	if (b.lo > b.hi)
		return bad(r, "bucket from %llu to %llu", (unsigned long long)b.lo,
			   (unsigned long long)b.hi);
	if (!b.count)
		return bad(r, "an empty bucket");
	if (p->nbuckets && b.lo <= p->bucket[p->nbuckets - 1].hi)
		return bad(r, "bucket from %llu overlaps or precedes the one before",
			   (unsigned long long)b.lo);
	p->bucket = xrealloc(p->bucket, p->nbuckets + 1, sizeof(b));
	p->bucket[p->nbuckets++] = b;
	return 0;
}

/*
 * A hook that is on counts on while its table is written: the buckets are one
 * moment's, sum, min and max that of a few samples later. What is that near is
 * moved to where the buckets allow it to be.
 */
static void settle_phase(struct probe_phase *p, unsigned __int128 low,
			 unsigned __int128 high)
{
	const struct probe_bucket *first = p->bucket, *last = &p->bucket[p->nbuckets - 1];
	double slack = ((double)p->count / 16 + 64) * (double)last->hi;

	if (p->sum < low && (double)(low - p->sum) <= slack)
		p->sum = (uint64_t)low;
	if (p->sum > high && (double)(p->sum - high) <= slack)
		p->sum = (uint64_t)high;
	if (p->min < first->lo)
		p->min = first->lo;
	if (p->min > first->hi)
		p->min = first->hi;
	if (p->max < last->lo)
		p->max = last->lo;
	if (p->max > last->hi)
		p->max = last->hi;
	if (p->max < p->min)
		p->max = p->min;
}

/* The phase's own numbers against its buckets */
static int check_phase(struct reader *r, struct probe_phase *p, bool moving)
{
	unsigned __int128 count = 0, low = 0, high = 0;
	const struct probe_bucket *last;
	size_t i;

	for (i = 0; i < p->nbuckets; i++) {
		const struct probe_bucket *b = &p->bucket[i];

		count += b->count;
		low += (unsigned __int128)b->lo * b->count;
		high += (unsigned __int128)b->hi * b->count;
	}
	if (count != p->count)
		return bad(r, "the buckets of %s do not add up to its count of %llu",
			   p->name, (unsigned long long)p->count);
	if (!p->count) {
		if (p->sum && !moving)
			return bad(r, "%s has a sum but no sample", p->name);
		p->sum = 0;
		p->min = 0;
		p->max = 0;
		return 0;
	}

	if (moving)
		settle_phase(p, low, high);
	last = &p->bucket[p->nbuckets - 1];
	if (p->min < p->bucket[0].lo || p->min > p->bucket[0].hi)
		return bad(r, "min %llu of %s is not in its first bucket",
			   (unsigned long long)p->min, p->name);
	if (p->max < last->lo || p->max > last->hi || p->max < p->min)
		return bad(r, "max %llu of %s is not in its last bucket",
			   (unsigned long long)p->max, p->name);
	if (p->sum < low || p->sum > high)
		return bad(r, "sum %llu of %s does not fit its buckets",
			   (unsigned long long)p->sum, p->name);
	return 0;
}

static int begin_phase(struct reader *r, struct probe_hook *h)
{
	struct probe_phase *p = &h->phase[h->nphases];
	const char *name = r->nfields > 1 ? r->field[1] : "";
	uint64_t reads;
	int ret;

	if (strcmp(r->field[0], "phase") || (!h->nphases && strcmp(name, first_phase)))
		return bad(r, "phase %s is missing", h->nphases ? last_phase : first_phase);
	if (h->nphases == PROBE_MAX_PHASES)
		return bad(r, "more than %d phases", PROBE_MAX_PHASES);
	if (probe_phase(h, name))
		return bad(r, "phase %.32s is there twice", name);
	memset(p, 0, sizeof(*p));
	ret = copy_word(r, p->name, sizeof(p->name), name);
	if (ret)
		return ret;
	h->nphases++;
	ret = match(r, "=phase s =reads u =count u =sum u =min u =max u", &name, &reads, &p->count,
		    &p->sum, &p->min, &p->max);
	if (ret)
		return ret;
	if (reads > READS_MAX)
		return bad(r, "%llu clock reads in one interval", (unsigned long long)reads);
	p->reads = (unsigned int)reads;
	return 0;
}

static int parse_phases(struct reader *r, struct probe_hook *h)
{
	struct probe_phase *p = NULL;
	int ret;

	while ((ret = next_line(r)) > 0) {
		if (p && !strcmp(r->field[0], "b")) {
			ret = add_bucket(r, p);
		} else {
			ret = p ? check_phase(r, p, h->enabled) : 0;
			if (!ret && p && !strcmp(p->name, last_phase))
				ret = bad(r, "\"%.32s\" after the last phase", r->field[0]);
			if (!ret) {
				p = &h->phase[h->nphases];
				ret = begin_phase(r, h);
			}
		}
		if (ret)
			return ret;
	}
	if (!ret && p)
		ret = check_phase(r, p, h->enabled);
	if (!ret && (!p || strcmp(p->name, last_phase)))
		ret = bad(r, "phase %s is missing", p ? last_phase : first_phase);
	return ret;
}

static int parse_hook_head(struct reader *r, const char *hook, struct probe_hook *h)
{
	uint64_t version, enabled, khz;
	const char *name, *mode;
	int ret;

	ret = need_line(r, "hookcost 2 hook");
	if (!ret)
		ret = match(r, "=hookcost u =hook s", &version, &name);
	if (!ret && version != 2)
		ret = bad(r, "version %llu is not this tool's (2)",
			  (unsigned long long)version);
	if (!ret && strcmp(name, hook))
		ret = bad(r, "the table of %.32s, not of %s", name, hook);
	if (!ret)
		ret = copy_word(r, h->name, sizeof(h->name), name);
	if (!ret)
		ret = need_line(r, "enabled");
	if (!ret)
		ret = match(r, "=enabled u", &enabled);
	if (!ret && enabled > 1)
		ret = bad(r, "enabled is neither 0 nor 1");
	if (!ret)
		ret = need_line(r, "clock");
	if (!ret)
		ret = match(r, "=clock s u", &mode, &khz);
	if (!ret)
		ret = parse_mode(r, h->clock_mode, sizeof(h->clock_mode), mode);
	if (!ret)
		ret = parse_khz(r, &h->khz, khz);
	if (!ret)
		ret = need_line(r, "unstamped");
	if (!ret)
		ret = match(r, "=unstamped u", &h->unstamped);
	if (!ret)
		ret = need_line(r, "unsited");
	if (!ret)
		ret = match(r, "=unsited u", &h->unsited);
	if (!ret)
		ret = need_line(r, "backward");
	if (!ret)
		ret = match(r, "=backward u", &h->backward);
	if (!ret)
		h->enabled = enabled;
	return ret;
}

int probe_parse_hook(char *text, size_t len, const char *hook, struct probe_hook *h,
		     char *why, size_t why_len)
{
	struct reader r;
	int ret;

	memset(h, 0, sizeof(*h));
	ret = begin(&r, text, len, why, why_len);
	if (!ret)
		ret = parse_hook_head(&r, hook, h);
	if (!ret)
		ret = parse_phases(&r, h);
	if (ret)
		probe_hook_free(h);
	return ret;
}

static int parse_floor(struct reader *r, const char *mode, double *median)
{
	uint64_t count, min, mid, max;
	const char *got;
	int ret;

	ret = need_line(r, "floor");
	if (!ret)
		ret = match(r, "=floor s =count u =min u =median u =max u", &got, &count,
			    &min, &mid, &max);
	if (!ret && strcmp(got, mode))
		ret = bad(r, "floor %.32s stands where floor %s should", got, mode);
	if (!ret && count && (min > mid || mid > max))
		ret = bad(r, "floor with min %llu, median %llu, max %llu",
			  (unsigned long long)min, (unsigned long long)mid,
			  (unsigned long long)max);
	if (!ret)
		*median = (double)mid;
	return ret;
}

int probe_parse_clock(char *text, size_t len, struct probe_clock *c,
		      char *why, size_t why_len)
{
	const char *source, *mode;
	struct reader r;
	uint64_t khz;
	int ret;

	memset(c, 0, sizeof(*c));
	ret = begin(&r, text, len, why, why_len);
	if (!ret)
		ret = need_line(&r, "hookcost 2 clock");
	if (!ret)
		ret = match(&r, "=hookcost =2 =clock");
	if (!ret)
		ret = need_line(&r, "source");
	if (!ret)
		ret = match(&r, "=source s", &source);
	if (!ret)
		ret = copy_word(&r, c->source, sizeof(c->source), source);
	if (!ret)
		ret = need_line(&r, "mode");
	if (!ret)
		ret = match(&r, "=mode s", &mode);
	if (!ret)
		ret = parse_mode(&r, c->mode, sizeof(c->mode), mode);
	if (!ret)
		ret = need_line(&r, "khz");
	if (!ret)
		ret = match(&r, "=khz u", &khz);
	if (!ret)
		ret = parse_khz(&r, &c->khz, khz);
	if (!ret)
		ret = parse_floor(&r, "plain", &c->floor_plain);
	if (!ret)
		ret = parse_floor(&r, "ordered", &c->floor_ordered);
	if (!ret && next_line(&r))
		ret = bad(&r, "text after the table's end");
	return ret;
}

static int add_program(struct reader *r, struct probe_native *n)
{
	const char *name, *owner;
	size_t i = n->nprograms;
	int ret;

	if (i == PROBE_MAX_PROGRAMS)
		return bad(r, "more than %d programs", PROBE_MAX_PROGRAMS);
	ret = match(r, "=program s =max u =owner s", &name, &n->arg_max[i], &owner);
	if (!ret)
		ret = copy_word(r, n->program[i], sizeof(n->program[i]), name);
	if (!ret)
		ret = copy_word(r, n->owner[i], sizeof(n->owner[i]), owner);
	if (!ret)
		n->nprograms++;
	return ret;
}

static int add_device(struct reader *r, struct probe_native *n)
{
	uint64_t ifindex, netns;
	const char *name;
	int ret;

	ret = match(r, "=device s u u", &name, &ifindex, &netns);
	if (ret || n->ndevices == PROBE_MAX_DEVICES)
		return ret;
	if (!ifindex || ifindex > INT_MAX || netns > UINT_MAX)
		return bad(r, "device %.32s with index %llu", name, (unsigned long long)ifindex);
	ret = copy_word(r, n->device[n->ndevices].name, sizeof(n->device[0].name), name);
	if (ret)
		return ret;
	n->device[n->ndevices].ifindex = (unsigned int)ifindex;
	n->device[n->ndevices].netns = (unsigned int)netns;
	n->ndevices++;
	return 0;
}

int probe_parse_native(char *text, size_t len, struct probe_native *n,
		       char *why, size_t why_len)
{
	const char *active;
	struct reader r;
	int ret;

	memset(n, 0, sizeof(*n));
	ret = begin(&r, text, len, why, why_len);
	if (!ret)
		ret = need_line(&r, "hookcost 2 native");
	if (!ret)
		ret = match(&r, "=hookcost =2 =native");
	if (!ret)
		ret = need_line(&r, "active");
	if (!ret)
		ret = match(&r, "=active s", &active);
	if (!ret)
		ret = copy_word(&r, n->active, sizeof(n->active), active);
	if (!ret)
		ret = need_line(&r, "arg");
	if (!ret)
		ret = match(&r, "=arg u", &n->arg);
	while (!ret && (ret = next_line(&r)) > 0)
		ret = strcmp(r.field[0], "device") ? add_program(&r, n) : add_device(&r, n);
	return ret;
}
