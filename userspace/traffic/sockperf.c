// SPDX-License-Identifier: GPL-2.0-only
/* sockperf as a client: request, answer, request, ...; the time of each */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/run.h"
#include "core/util.h"
#include "net/foreign.h"
#include "traffic/sockperf.h"

#define LIMIT_SECONDS	30		/* beyond the time that it was given */
#define CLOCK_OFF	0.2		/* by so much its clock may be wrong */
/* It finds percentiles in ticks of its counter, and the log's times in ns */
#define RANK_OFF	0.01		/* of all messages */
#define VALUE_OFF	0.01		/* of the time; and never less than */
#define ROUNDING	0.02		/* us */

static int bad(char *why, size_t len, const char *what)
{
	snprintf(why, len, "%s", what);
	return -EBADMSG;
}

/* The number behind the first KEY after FROM */
static bool number(const char *from, const char *key, double *value)
{
	const char *p = from ? strstr(from, key) : NULL;
	char *end;

	if (!p)
		return false;
	p += strlen(key);
	*value = strtod(p, &end);
	return end != p && isfinite(*value);
}

static bool count(const char *from, const char *key, uint64_t *value)
{
	double v;

	if (!number(from, key, &v) || v < 0)
		return false;
	*value = (uint64_t)v;
	return true;
}

/* "INDEX, SEND TIME, RECEIVE TIME, RTT", below a line of heads */
static size_t read_log(const char *log, double **rtt)
{
	const char *line = log ? strstr(log, "rtt(usec)\n") : NULL;
	size_t n = 0, room = 0;
	double value;

	*rtt = NULL;
	while (line && (line = strchr(line, '\n')) && *++line) {
		if (sscanf(line, "%*u , %*f , %*f , %lf", &value) != 1)
			break;
		if (n == room) {
			room = room ? 2 * room : 1024;
			*rtt = xrealloc(*rtt, room, sizeof(**rtt));
		}
		(*rtt)[n++] = value;
	}
	return n;
}

static int less(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Where value stands among the sorted: the share below it, and the one up to it */
static void rank(const double *v, size_t n, double value, double *below, double *up_to)
{
	double off = fmax(VALUE_OFF * value, ROUNDING);
	size_t lo = 0, hi = n;

	while (lo < n && v[lo] < value - off)
		lo++;
	while (hi > lo && v[hi - 1] > value + off)
		hi--;
	*below = lo;
	*up_to = hi;
}

/* The percentiles that it prints are those of its log, but for how it rounds */
static bool percentiles_agree(const char *text, const struct sockperf *s)
{
	static const double percent[] = { 25, 50, 75, 90, 99 };
	double *sorted = xcalloc(s->n, sizeof(*sorted)), value, below, up_to, at;
	double off = RANK_OFF * s->n + 2;
	bool agree = true;
	char key[48];
	size_t i;

	memcpy(sorted, s->rtt, s->n * sizeof(*sorted));
	qsort(sorted, s->n, sizeof(*sorted), less);
	for (i = 0; i < ARRAY_SIZE(percent) && agree; i++) {
		snprintf(key, sizeof(key), "percentile %.3f =", percent[i]);
		agree = number(text, key, &value);
		rank(sorted, s->n, value, &below, &up_to);
		at = percent[i] / 100 * s->n;
		agree = agree && below <= at + off && up_to >= at - off;
	}
	free(sorted);
	return agree;
}

int sockperf_parse(const char *text, const char *log, struct sockperf *s, char *why, size_t len)
{
	const char *total = strstr(text, "[Total Run]"), *valid = strstr(text, "[Valid Duration]");
	const char *lost = strstr(text, "# dropped messages");
	uint64_t observations;

	memset(s, 0, sizeof(*s));
	if (strstr(text, "No messages were received"))
		return bad(why, len, "no answer came");
	if (!number(total, "RunTime=", &s->seconds) || !count(total, "SentMessages=", &s->sent) ||
	    !count(total, "ReceivedMessages=", &s->received))
		return bad(why, len, "it has not printed how many messages it sent");
	if (!count(lost, "dropped messages = ", &s->dropped) ||
	    !count(lost, "duplicated messages = ", &s->duplicated) ||
	    !count(lost, "out-of-order messages = ", &s->misordered))
		return bad(why, len, "it has not printed how many messages were lost");
	if (!count(valid, "Total ", &observations))
		return bad(why, len, "it has not printed how many observations it has");
	s->n = read_log(log, &s->rtt);
	if (s->n && s->n == observations && percentiles_agree(text, s))
		return 0;
	sockperf_free(s);
	return bad(why, len, s->n != observations ?
		   "its log has not as many messages as it has observations" :
		   "its percentiles are not those of its log");
}

void sockperf_free(struct sockperf *s)
{
	free(s->rtt);
	s->rtt = NULL;
}

/* It ends with exit status 0 when it could not begin, too */
static bool own_words(const struct tool *t, char *why, size_t len)
{
	char *out = tool_stdout(t), *errors = tool_stderr(t);
	const char *said = strstr(errors, "ERROR: ") ?: strstr(out, "ERROR: ");

	if (said) {
		said += strlen("ERROR: ");
		snprintf(why, len, "%.*s", (int)strcspn(said, "\n"), said);
	}
	free(out);
	free(errors);
	return said;
}

/* took: seconds, from its start to its end */
static int read_results(const struct tool *t, const struct sockperf_opts *o, double took,
			struct sockperf *s)
{
	char *text = tool_stdout(t), *log = tool_file(t);
	char why[128];
	int ret;

	ret = sockperf_parse(text, log, s, why, sizeof(why));
	/*
	 * By a counter whose rate it has found out itself: the run was to last so long, and
	 * longer only where the machine kept it waiting
	 */
	if (!ret && (s->seconds < (1 - CLOCK_OFF) * o->seconds ||
		     s->seconds > (1 + CLOCK_OFF) * fmax(took, o->seconds))) {
		snprintf(why, sizeof(why),
			 "its clock says %.3f s for a run of %u s, which took %.3f s",
			 s->seconds, o->seconds, took);
		sockperf_free(s);
		ret = -EPROTO;
	}
	if (ret) {
		own_words(t, why, sizeof(why));
		err("%s: %s", t->label, why);
	}
	free(text);
	free(log);
	return ret ? -EPROTO : 0;
}

int sockperf_run(const struct sockperf_opts *o, struct sockperf *s)
{
	const struct tool_setup setup = { .end = &o->net->a };
	char server[INET_ADDRSTRLEN], client[INET_ADDRSTRLEN];
	char port[12], client_port[12], bytes[12], seconds[12];
	const char *const argv[] = {
		"sockperf", "ping-pong", "-i", server, "-p", port, "-m", bytes, "-t", seconds,
		"--client_ip", client, "--client_port", client_port, "--full-rtt",
		"--full-log", TOOL_FILE, NULL
	};
	size_t mark = cleanup_mark();
	double begin = now_ns();
	struct tool t;
	int ret;

	inet_ntop(AF_INET, &o->net->b.addr, server, sizeof(server));
	inet_ntop(AF_INET, &o->net->a.addr, client, sizeof(client));
	snprintf(port, sizeof(port), "%u", o->port);
	snprintf(client_port, sizeof(client_port), "%u", o->client_port);
	snprintf(bytes, sizeof(bytes), "%u", o->bytes);
	snprintf(seconds, sizeof(seconds), "%u", o->seconds);
	foreign_sockets();
	ret = tool_start(&t, &setup, NULL, argv) ?:
	      tool_wait(&t, o->server, o->seconds + LIMIT_SECONDS) ?:
	      read_results(&t, o, (now_ns() - begin) / 1e9, s);
	cleanup_to(mark);
	foreign_look_now();
	return ret;
}
