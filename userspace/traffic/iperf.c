// SPDX-License-Identifier: GPL-2.0-only
/* iperf 2 as a TCP client in A, to a server of ours in B; what both have carried */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/run.h"
#include "net/foreign.h"
#include "traffic/iperf.h"

#define LIMIT_SECONDS	40		/* beyond the time that it was given */
#define CLOSE_SECONDS	10
/* What is under way fits into a receive queue, and no retransmission time-out is waited for */
#define WINDOW		"16K"

/* "DATE,ADDRESS,PORT,ADDRESS,PORT,ID,FROM-TO,BYTES,BITS PER SECOND" */
static void parse_line(const char *line, struct iperf_sum *s)
{
	uint64_t bytes, rate;
	double seconds, to;
	int id;

	if (sscanf(line, "%*[^,],%*[^,],%*u,%*[^,],%*u,%d,%*f-%lf,%" SCNu64 ",%" SCNu64,
		   &id, &to, &bytes, &rate) != 4 || id < 0)
		return;
	/* its times have one digit only, its rate all of them */
	seconds = rate ? 8.0 * (double)bytes / (double)rate : to;
	s->connections++;
	s->bytes += bytes;
	if (seconds > s->seconds)
		s->seconds = seconds;
}

void iperf_parse(const char *text, struct iperf_sum *s)
{
	const char *end;

	memset(s, 0, sizeof(*s));
	for (; (end = strchr(text, '\n')); text = end + 1)
		parse_line(text, s);
}

struct closing {
	struct sink *sink;
	unsigned int connections;
};

/* The server has read all of each connection */
static bool all_closed(void *arg)
{
	const struct closing *c = arg;
	struct sink_count count;

	sink_count(c->sink, &count);
	return count.closed >= c->connections;
}

static int run_client(struct sink *s, unsigned int connections, double seconds,
		      struct iperf_sum *sum)
{
	const struct tool_setup setup = { .end = &s->net->a };
	char server[INET_ADDRSTRLEN], port[12], parallel[12], time[24];
	const char *const argv[] = {
		"iperf", "-c", server, "-p", port, "-P", parallel, "-t", time,
		"-w", WINDOW, "-y", "C", NULL
	};
	size_t mark = cleanup_mark();
	struct tool t;
	char *text;
	int ret;

	inet_ntop(AF_INET, &s->net->b.addr, server, sizeof(server));
	snprintf(port, sizeof(port), "%u", s->port);
	snprintf(parallel, sizeof(parallel), "%u", connections);
	snprintf(time, sizeof(time), "%.1f", seconds);
	ret = tool_start(&t, &setup, "client", argv) ?:
	      tool_wait(&t, &s->server, seconds + LIMIT_SECONDS);
	if (!ret) {
		text = tool_stdout(&t);
		iperf_parse(text, sum);
		free(text);
		/* it says so by no exit status */
		if (sum->connections < connections) {
			text = tool_stderr(&t);
			text[strcspn(text, "\n")] = '\0';
			err("iperf client: only %u of %u connections%s%s", sum->connections,
			    connections, *text ? ": " : "", text);
			free(text);
			ret = -EPIPE;
		}
	}
	cleanup_to(mark);
	return ret;
}

int iperf_run(struct sink *s, unsigned int connections, double seconds,
	      struct iperf_sum *client, struct iperf_sum *server)
{
	struct closing c = { .sink = s, .connections = connections };
	struct sink_count count;
	int ret;

	foreign_sockets();
	sink_reset(s);
	ret = tool_check(&s->server) ?: run_client(s, connections, seconds, client) ?:
	      tool_await(&s->server, all_closed, &c, CLOSE_SECONDS, "the end of a connection");
	foreign_look_now();
	sink_count(s, &count);
	server->connections = count.accepted;
	server->bytes = count.bytes;
	server->seconds = (double)(count.last - count.first) / 1e9;
	return ret;
}
