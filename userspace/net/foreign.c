// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <unistd.h>

#include "core/run.h"
#include "net/attached.h"
#include "net/cgroup.h"
#include "net/device.h"
#include "net/foreign.h"

#define EVERY_NS	100e6

static struct {
	const struct net *net;
	int first_ns;			/* of the first process; -1: not to be had */
	int own, other;			/* cgroups; -1: none */
	double looked;			/* when; 0: never */
	char seen[256];
} state = { .first_ns = -1, .own = -1, .other = -1 };

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void foreign_begin(void)
{
	close_fd(&state.own);
	state.looked = 0;
	state.seen[0] = '\0';
}

/* A flow dissector that is attached there is every namespace's */
static void open_first_ns(void)
{
	close_fd(&state.first_ns);
	state.first_ns = open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);
}

void foreign_net(const struct net *n)
{
	state.net = n;
	if (n) {
		open_first_ns();
		foreign_look_now();
	}
}

void foreign_sockets(void)
{
	if (state.own < 0)
		state.own = cgroup_own();
	foreign_look_now();
}

void foreign_cgroup(int dir)
{
	state.other = dir;
}

static void look_at_end(const struct net_end *e, struct attached_list *l)
{
	char where[32 + sizeof(e->name)];

	if (e->ns < 0 || !e->ifindex || net_enter(e))
		return;
	attached_to_netdev(e->rtnl, e->ifindex, e->name, l);
	snprintf(where, sizeof(where), "the namespace of %s", e->name);
	attached_to_netns(e->ns, BPF_FLOW_DISSECTOR, where, l);
	attached_to_netns(e->ns, BPF_SK_LOOKUP, where, l);
}

static void look(struct attached_list *l)
{
	const struct net *n = state.net;

	if (n) {
		look_at_end(&n->a, l);
		look_at_end(&n->b, l);
		net_leave(n);
		if (state.first_ns >= 0)
			attached_to_netns(state.first_ns, BPF_FLOW_DISSECTOR, "the first namespace",
					  l);
	}
	if (state.own >= 0)
		attached_to_cgroup(state.own, "the cgroup of hookcost", l);
	if (state.other >= 0)
		attached_to_cgroup(state.other, "the cgroup of the server", l);
}

void foreign_look_now(void)
{
	struct attached_list l = {};

	state.looked = now_ns();
	if (*state.seen)
		return;
	look(&l);
	attached_leave_others(&l);
	attached_text(&l, state.seen, sizeof(state.seen));
}

void foreign_look(void)
{
	if (!state.looked || now_ns() - state.looked >= EVERY_NS)
		foreign_look_now();
}

bool foreign_seen(char *text, size_t len)
{
	if (!*state.seen)
		return false;
	snprintf(text, len, "beside a program that is not hookcost's: %s", state.seen);
	return true;
}
