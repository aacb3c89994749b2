// SPDX-License-Identifier: GPL-2.0-only
/* Table 2: TCP bandwidth with a program that passes, at no hook, XDP, TC and SK_SKB */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bandwidth/table2.h"
#include "core/run.h"
#include "core/util.h"
#include "net/ethtool.h"
#include "net/snmp.h"

#define PORT		5001
#define SECONDS		1.0
#define SECONDS_QUICK	0.5
#define SETTLE_TRIES	100
#define SETTLE_US	2000
/* Headers of a frame: IP and TCP at least, with Ethernet and options at most */
#define HEADERS_MIN	40
#define HEADERS_MAX	100
#define FRAME_MAX	1600

static void make_sides(struct table2 *t)
{
	const struct hook_ops *list[HOOKS];
	size_t n = pass_hooks(list), i;

	t->side[t->nsides++] = (struct side){
		NULL, table2_none.key, table2_none.label, table2_none.paper
	};
	for (i = 0; i < n; i++)
		t->side[t->nsides++] = (struct side){
			list[i], list[i]->place, list[i]->place_label, list[i]->paper
		};
}

static int read_bytes(struct table2 *t, uint64_t *bytes)
{
	int ret = net_enter(&t->net.b) ?:
		  ethtool_counter(t->net.b.name, t->net.dev->ops->bytes, bytes);

	return net_leave(&t->net) ?: ret;
}

static int read_carried(struct table2 *t, struct carried *c)
{
	static const char *const name[] = { "Tcp.OutSegs", "Tcp.RetransSegs" };
	struct net_count driver;
	uint64_t value[2];
	int ret = snmp_read(&t->net, &t->net.a, name, value, 2) ?:
		  net_tx_dropped(&t->net, &t->net.a, &c->dropped) ?:
		  net_count(&t->net, &driver) ?: read_bytes(t, &c->bytes);

	c->sent = value[0];
	c->resent = value[1];
	c->received = driver.received;
	return ret;
}

/* Since `from`, when nothing is under way any more */
static int settled(struct table2 *t, const struct carried *from, struct carried *c)
{
	uint64_t before = 0;
	int ret, i;

	for (i = 0; i < SETTLE_TRIES; i++) {
		ret = read_carried(t, c);
		if (ret)
			return ret;
		c->sent -= from->sent;
		c->resent -= from->resent;
		c->dropped -= from->dropped;
		c->received -= from->received;
		c->bytes -= from->bytes;
		if (c->sent == before && c->received == c->sent)
			break;
		before = c->sent;
		usleep(SETTLE_US);
	}
	return 0;
}

/* Why the side is invalid, and the code for it */
__printf(3, 4)
static void say(struct side *s, const char *code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->invalid, sizeof(s->invalid), fmt, ap);
	va_end(ap);
	s->code = code;
}

/*
 * A segment may get lost; then it has been sent again. But not one without data: of the client's
 * that is the end of the handshake, and the answer to the server's end.
 */
static bool all_came(const struct carried *c)
{
	uint64_t bare = c->resent ? 2 * CONNECTIONS : 0;

	return c->received <= c->sent + c->resent && c->received + c->dropped + bare >= c->sent;
}

static void check_ends(struct side *s, const struct iperf_sum *client,
		       const struct iperf_sum *server, const struct carried *c)
{
	uint64_t least = server->bytes + HEADERS_MIN * c->received;
	uint64_t most = server->bytes + HEADERS_MAX * c->received + FRAME_MAX * c->resent;
	const struct ledger bytes[] = {
		{ "bytes sent by the client", client->bytes, client->bytes },
		{ "read by the server", server->bytes, client->bytes },
		{ }
	};
	char text[128];

	if (client->connections != CONNECTIONS || server->connections != CONNECTIONS)
		say(s, "end", "%u connections at the client, %u at the server",
		    client->connections, server->connections);
	else if (!ledger_exact(bytes, text, sizeof(text)))
		say(s, "end", "%s", text);
	else if (!all_came(c))
		say(s, "driver",
		    "%llu segments sent, %llu sent again, %llu not, %llu received by the driver",
		    (unsigned long long)c->sent, (unsigned long long)c->resent,
		    (unsigned long long)c->dropped, (unsigned long long)c->received);
	else if (c->bytes < least || c->bytes > most)
		say(s, "driver",
		    "%llu bytes received by the driver, %llu of them read by the server",
		    (unsigned long long)c->bytes, (unsigned long long)server->bytes);
}

/* The program saw everything, and so it was where it was meant to be */
static void check_program(struct side *s, const struct pass_count *p, const struct carried *c,
			  const struct iperf_sum *server)
{
	if (hook_on_sockets(s->hook)) {
		if (p->joined != CONNECTIONS || p->bytes != server->bytes)
			say(s, "program",
			    "%u connections and %llu bytes at %s, %u and %llu at the server",
			    p->joined, (unsigned long long)p->bytes, s->label, server->connections,
			    (unsigned long long)server->bytes);
	} else if (s->hook && p->packets != c->received) {
		say(s, "program", "%llu packets at the program, %llu received by the driver",
		    (unsigned long long)p->packets, (unsigned long long)c->received);
	}
	s->counted += hook_on_sockets(s->hook) ? p->bytes : p->packets;
}

static void take(struct side *s, const struct iperf_sum *server, const struct carried *c)
{
	s->gbps[s->n++] = server->seconds > 0 ?
			  8.0 * (double)server->bytes / server->seconds / 1e9 : 0;
	s->payload += server->bytes;
	s->carried.sent += c->sent;
	s->carried.resent += c->resent;
	s->carried.dropped += c->dropped;
	s->carried.received += c->received;
	s->carried.bytes += c->bytes;
}

static int carry(struct table2 *t, struct side *s, const struct pass *p)
{
	double seconds = t->opts->quick ? SECONDS_QUICK : SECONDS;
	struct iperf_sum client, server;
	struct carried from, got;
	struct pass_count count;
	int ret;

	ret = read_carried(t, &from) ?:
	      iperf_run(&t->sink, CONNECTIONS, seconds, &client, &server) ?:
	      settled(t, &from, &got);
	if (ret)
		return ret;
	pass_count(p, &count);
	check_ends(s, &client, &server, &got);
	check_program(s, &count, &got, &server);
	take(s, &server, &got);
	return 0;
}

/* What one hook cannot does not keep the others from being measured */
static int measure(struct table2 *t, struct side *s)
{
	size_t mark = cleanup_mark();
	struct pass p;
	int ret, started;

	if (*s->failed || *s->invalid)
		return 0;
	started = pass_start(&p, s->hook, &t->net, t->cgroup.dir, PORT);
	ret = started ?: carry(t, s, &p);
	cleanup_to(mark);
	if (interrupted())
		return -EINTR;
	if (ret)
		snprintf(s->failed, sizeof(s->failed), "%s", err_last());
	return started ? 0 : ret;
}

static int measure_all(struct table2 *t)
{
	unsigned int rep, i, done = 0;
	int ret = 0;

	for (rep = 0; rep < t->reps && !ret; rep++) {
		/* there and back again: A B C D, D C B A */
		for (i = 0; i < t->nsides && !ret; i++) {
			progress("table2", done++, t->reps * t->nsides);
			ret = measure(t, &t->side[rep % 2 ? t->nsides - 1 - i : i]);
		}
	}
	progress_end();
	return ret;
}

static void restore_channels(void *arg)
{
	struct table2 *t = arg;
	struct net_end *const end[] = { &t->net.a, &t->net.b };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(end); i++)
		if (t->changed[i] && !net_enter(end[i]))
			nic_set_channels(end[i]->name, &t->channels[i]);
	net_leave(&t->net);
}

/* One receive queue at either end, as in the paper; veth has no more anyway */
static int one_queue(struct table2 *t)
{
	struct net_end *const end[] = { &t->net.a, &t->net.b };
	int ret = cleanup_push(restore_channels, t), left;
	struct nic_channels one;
	struct nic nic;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(end) && !ret; i++) {
		ret = net_enter(end[i]) ?: nic_read(end[i]->name, &nic);
		if (ret || !nic_one_channel(&nic, &one))
			continue;
		t->channels[i] = nic.channels;
		t->changed[i] = true;
		ret = nic_set_channels(nic.name, &one);
		if (ret)
			err("cannot give %s one channel: %s", nic.name, strerror(-ret));
	}
	left = net_leave(&t->net);
	return ret ?: left;
}

/* Without a cgroup for the server there is no SK_SKB row, but the others are there */
static int setup(struct table2 *t)
{
	bool none = cgroup_make(&t->cgroup, t->no_cgroup, sizeof(t->no_cgroup));
	size_t i;
	int ret;

	for (i = 0; none && i < t->nsides; i++)
		if (hook_on_sockets(t->side[i].hook))
			snprintf(t->side[i].failed, sizeof(t->side[i].failed), "%s",
				 t->no_cgroup);
	ret = net_setup(&t->net, t->opts->device) ?: one_queue(t);
	/* over veth: a frame for each segment, and NAPI for them */
	return ret ?: net_napi(&t->net, true) ?:
	       sink_start(&t->sink, &t->net, PORT, *t->no_cgroup ? 0 : t->cgroup.procs);
}

static int table2_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct table2 *t = state;
	char why[128];
	size_t i;
	int ret;

	t->opts = opts;
	t->res = res;
	t->reps = opts->batches;
	make_sides(t);
	if (!tool_find("iperf", why, sizeof(why))) {
		result_lacks(res, "%s", why);
		return 0;
	}
	for (i = 0; i < t->nsides; i++)
		t->side[i].gbps = xcalloc(t->reps, sizeof(double));
	ret = setup(t) ?: measure_all(t);
	table2_fill(t);
	for (i = 0; i < t->nsides; i++)
		free(t->side[i].gbps);
	return ret;
}

const struct bench bench_table2 = {
	.name = "table2",
	.title = "TCP bandwidth with an empty program at no hook, XDP, TC and SK_SKB",
	.seconds = 100,
	.seconds_quick = 16,
	.needs = "iperf 2",
	.wants = WANT_CALLS | WANT_CPUS,
	.headline = "table2 gbps: none xdp tc sk_skb",
	.sentence =
		"table2 sk_skb gbps / table2 none gbps: With SK_SKB TCP has @% of its bandwidth without eBPF",
	.batches = 10,
	.batches_quick = 2,
	.over_device = true,
	.roams = true,
	.state = sizeof(struct table2),
	.tables = table2_tables,
	.run = table2_run,
};
