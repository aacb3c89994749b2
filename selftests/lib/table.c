// SPDX-License-Identifier: GPL-2.0-only
/* A hook's table, read and checked */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest.h"
#include "hookcost_test.h"

static const char *const with_program[] = {
	"reach", "entry", "prog", "prep", "verdict", "total", "floor", NULL
};

static const char *const sk_skb[] = {
	"reach", "dequeue", "prog", "prep", "verdict", "redirect", "total", "floor", NULL
};

static const char *const socket_only[] = { "reach", "floor", NULL };

static const struct {
	const char *phase;
	unsigned int reads;
} clock_reads[] = {
	{ "reach", 1 }, { "entry", 1 }, { "dequeue", 1 }, { "prog", 1 },
	{ "prep", 2 }, { "verdict", 1 }, { "redirect", 1 }, { "total", 3 }, { "floor", 1 },
};

static const char *const *phases_of(const char *hook)
{
	if (!strcmp(hook, "udp") || !strcmp(hook, "tcp"))
		return socket_only;
	return strcmp(hook, "sk_skb") ? with_program : sk_skb;
}

__attribute__((format(printf, 2, 3)))
static int bad(const char *hook, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	ksft_print_msg("table %s: %s\n", hook, what);
	return -EBADMSG;
}

/* The line must be what it is read as, nothing more and nothing else */
__attribute__((format(printf, 2, 3)))
static bool same(const char *line, const char *fmt, ...)
{
	char again[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(again, sizeof(again), fmt, ap);
	va_end(ap);
	return !strcmp(line, again);
}

static char *next_line(char **pos)
{
	char *line = strsep(pos, "\n");

	/* what follows the last newline is no line */
	return line && *pos ? line : NULL;
}

static int read_head(const char *hook, struct hc_hook *h, char **pos)
{
	char *line[6];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(line); i++) {
		line[i] = next_line(pos);
		if (!line[i])
			return bad(hook, "ends after %zu lines", i);
	}
	if (!same(line[0], "hookcost 2 hook %s", hook))
		return bad(hook, "head \"%s\"", line[0]);
	if (sscanf(line[1], "enabled %d", &h->enabled) != 1 ||
	    !same(line[1], "enabled %d", !!h->enabled))
		return bad(hook, "\"%s\" is not enabled 0 or 1", line[1]);
	if (sscanf(line[2], "clock %15s %" SCNu64, h->mode, &h->khz) != 2 ||
	    !same(line[2], "clock %s %" PRIu64, h->mode, h->khz) || !h->khz)
		return bad(hook, "\"%s\" is no clock", line[2]);
	if (strcmp(h->mode, "plain") && strcmp(h->mode, "ordered"))
		return bad(hook, "clock mode \"%s\"", h->mode);
	if (sscanf(line[3], "unstamped %" SCNu64, &h->unstamped) != 1 ||
	    !same(line[3], "unstamped %" PRIu64, h->unstamped))
		return bad(hook, "\"%s\" is not unstamped", line[3]);
	if (sscanf(line[4], "unsited %" SCNu64, &h->unsited) != 1 ||
	    !same(line[4], "unsited %" PRIu64, h->unsited))
		return bad(hook, "\"%s\" is not unsited", line[4]);
	if (sscanf(line[5], "backward %" SCNu64, &h->backward) != 1 ||
	    !same(line[5], "backward %" PRIu64, h->backward))
		return bad(hook, "\"%s\" is not backward", line[5]);
	return 0;
}

static int read_phase(const char *hook, struct hc_phase *p, const char *line)
{
	size_t i;

	if (sscanf(line, "phase %15s reads %u count %" SCNu64 " sum %" SCNu64
		   " min %" SCNu64 " max %" SCNu64, p->name, &p->reads, &p->count,
		   &p->sum, &p->min, &p->max) != 6 ||
	    !same(line, "phase %s reads %u count %" PRIu64 " sum %" PRIu64
		  " min %" PRIu64 " max %" PRIu64, p->name, p->reads, p->count,
		  p->sum, p->min, p->max))
		return bad(hook, "\"%s\" is no phase", line);
	for (i = 0; i < ARRAY_SIZE(clock_reads); i++)
		if (!strcmp(p->name, clock_reads[i].phase) && p->reads != clock_reads[i].reads)
			return bad(hook, "%s has %u clock reads", p->name, p->reads);
	return 0;
}

/* All "b" lines of a phase; the median on the way */
static int read_buckets(const char *hook, struct hc_phase *p, char **pos)
{
	uint64_t lo, hi, n, last = 0, sum = 0;
	bool first = true;

	while (!strncmp(*pos, "b ", 2)) {
		char *line = next_line(pos);

		if (!line ||
		    sscanf(line, "b %" SCNu64 " %" SCNu64 " %" SCNu64, &lo, &hi, &n) != 3 ||
		    !same(line, "b %" PRIu64 " %" PRIu64 " %" PRIu64, lo, hi, n))
			return bad(hook, "%s: \"%s\" is no bucket", p->name, line ?: "");
		if (!n || lo > hi || (!first && lo <= last))
			return bad(hook, "%s: bucket \"%s\" is empty, reversed or out of order",
				   p->name, line);
		/* exact below 64 ticks, else at most 1/32 of the value wide */
		if (hi < 64 ? hi != lo : hi - lo >= lo / 32 && hi != INT64_MAX)
			return bad(hook, "%s: bucket \"%s\" is too wide", p->name, line);
		if (sum * 2 <= p->count && (sum + n) * 2 > p->count)
			p->median = lo;
		sum += n;
		last = hi;
		first = false;
	}
	if (sum != p->count)
		return bad(hook, "%s: buckets hold %" PRIu64 " of %" PRIu64, p->name, sum,
			   p->count);
	return 0;
}

int hc_read_hook(const char *hook, struct hc_hook *h)
{
	const char *const *name = phases_of(hook);
	char file[32], *text, *pos;
	int ret;

	memset(h, 0, sizeof(*h));
	snprintf(file, sizeof(file), "hooks/%s", hook);
	text = strdup(hc_get(file));
	if (!text)
		return -ENOMEM;
	pos = text;
	ret = read_head(hook, h, &pos);
	for (; !ret && *name; name++) {
		struct hc_phase *p = &h->phase[h->nphases++];
		char *line = next_line(&pos);

		if (!line)
			ret = bad(hook, "ends before phase %s", *name);
		if (!ret)
			ret = read_phase(hook, p, line);
		if (!ret && strcmp(p->name, *name))
			ret = bad(hook, "phase %s stands where %s should", p->name, *name);
		if (!ret)
			ret = read_buckets(hook, p, &pos);
	}
	if (!ret && *pos)
		ret = bad(hook, "\"%.40s\" after the last phase", pos);
	free(text);
	return ret;
}

const struct hc_phase *hc_phase(const struct hc_hook *h, const char *name)
{
	static const struct hc_phase none;
	size_t i;

	for (i = 0; i < h->nphases; i++)
		if (!strcmp(h->phase[i].name, name))
			return &h->phase[i];
	return &none;
}

uint64_t hc_seen(const struct hc_hook *h)
{
	return hc_phase(h, "floor")->count + h->unsited + h->backward;
}

static int check_phase(const char *hook, const struct hc_phase *p)
{
	if (!p->count)
		return p->sum || p->min || p->max ?
			bad(hook, "%s: numbers without a sample", p->name) : 0;
	if (p->min > p->max)
		return bad(hook, "%s: min %" PRIu64 " > max %" PRIu64, p->name, p->min, p->max);
	if (p->sum < p->count * p->min || p->sum > p->count * p->max)
		return bad(hook, "%s: sum %" PRIu64 " of %" PRIu64 " is not between min and max",
			   p->name, p->sum, p->count);
	if (p->median > p->max || (p->median < p->min && p->min - p->median > p->median / 32))
		return bad(hook, "%s: median %" PRIu64 " is not between min and max", p->name,
			   p->median);
	return 0;
}

/* Per sample entry + prog = prep, prep + verdict = total; a redirect has none of the latter */
static int check_sums(const char *hook, const struct hc_hook *h)
{
	const struct hc_phase *entry = &h->phase[1], *prog = &h->phase[2], *prep = &h->phase[3];
	const struct hc_phase *verdict = &h->phase[4], *total = hc_phase(h, "total");

	if (prep->sum != entry->sum + prog->sum)
		return bad(hook, "prep %" PRIu64 " != %s %" PRIu64 " + prog %" PRIu64, prep->sum,
			   entry->name, entry->sum, prog->sum);
	if (hc_phase(h, "redirect")->count)
		return total->sum < verdict->sum ?
			bad(hook, "total %" PRIu64 " < verdict %" PRIu64, total->sum,
			    verdict->sum) : 0;
	if (total->sum != prep->sum + verdict->sum)
		return bad(hook, "total %" PRIu64 " != prep %" PRIu64 " + verdict %" PRIu64,
			   total->sum, prep->sum, verdict->sum);
	if (prep->min < prog->min || prep->max < prog->max ||
	    total->min < prep->min || total->max < prep->max)
		return bad(hook, "an interval is shorter than its part");
	return 0;
}

int hc_read_idle(const char *hook, struct hc_hook *h)
{
	const struct hc_phase *reach, *floor;
	uint64_t count, redirected;
	size_t i;
	int ret;

	ret = hc_read_hook(hook, h);
	for (i = 0; !ret && i < h->nphases; i++)
		ret = check_phase(hook, &h->phase[i]);
	if (!ret && h->nphases > 2)
		ret = check_sums(hook, h);
	if (ret)
		return ret;

	reach = hc_phase(h, "reach");
	floor = hc_phase(h, "floor");
	redirected = hc_phase(h, "redirect")->count;
	for (i = 0; i < h->nphases; i++) {
		count = h->phase[i].count;
		if (!strcmp(h->phase[i].name, "verdict") || !strcmp(h->phase[i].name, "total"))
			count += redirected;
		if (&h->phase[i] != reach && strcmp(h->phase[i].name, "redirect") &&
		    count != floor->count)
			return bad(hook, "%s has %" PRIu64 " samples, floor %" PRIu64,
				   h->phase[i].name, count, floor->count);
	}
	/* without a stamp no reach; a program's other phases are there all the same */
	if (reach->count > floor->count || floor->count - reach->count > h->unstamped)
		return bad(hook, "reach has %" PRIu64 " samples, floor %" PRIu64, reach->count,
			   floor->count);
	if (floor->count && (!floor->sum || !reach->sum) && reach->count)
		return bad(hook, "the clock stands still");
	return 0;
}
