/* SPDX-License-Identifier: GPL-2.0-only */
/* Two namespaces whose pair 0 has a program at XDP and one at TC, and messages from a to b */
#ifndef HOOKCOST_TEST_HOOKED_H
#define HOOKCOST_TEST_HOOKED_H

#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hooks.h"
#include "hooks.skel.h"

struct hooked {
	struct hc_net net;
	struct hc_flow flow, tcp;	/* tcp: one of a test's own, or none */
	struct hc_hook hook;
	struct hooks *progs;
	struct bpf_link *xdp, *tc;
	pthread_t thread;
	bool pass;			/* everything that is sent arrives */
	atomic_bool stop;
	int failed;
};

/* Both programs pass; 0 or -1 */
static inline int hooked_up(struct hooked *h, int type)
{
	memset(h, 0, sizeof(*h));
	h->flow.tx = -1;
	h->flow.rx = -1;
	h->tcp.tx = -1;
	h->tcp.rx = -1;
	if (hc_all_off() || hc_net_up(&h->net))
		return -1;
	h->progs = hooks__open_and_load();
	if (!h->progs)
		return -1;
	h->xdp = hook_xdp(&h->net, "hc0b", h->progs->progs.xdp_pass);
	h->tc = hook_tcx(&h->net, "hc0b", h->progs->progs.tc_pass);
	return h->xdp && h->tc ? hc_flow_open(&h->flow, &h->net, 0, AF_INET, type) : -1;
}

static inline void hooked_down(struct hooked *h)
{
	hc_flow_close(&h->flow);
	hc_flow_close(&h->tcp);
	bpf_link__destroy(h->xdp);
	bpf_link__destroy(h->tc);
	hooks__destroy(h->progs);
	hc_net_down(&h->net);
}

static inline void *hooked_traffic(void *arg)
{
	struct hooked *h = arg;

	while (!h->stop && !h->failed) {
		h->failed = h->pass ? hc_one_by_one(&h->flow, 1) : hc_bursts(&h->flow, 1);
		if (h->pass && !h->failed && h->tcp.tx >= 0)
			h->failed = hc_one_by_one(&h->tcp, 1);
		/* with one CPU, the other thread's turn after each packet */
		sched_yield();
	}
	return NULL;
}

/* Messages all the time, from another thread, which has begun when this returns; 0 or an error */
static inline int hooked_start(struct hooked *h)
{
	int ret = pthread_create(&h->thread, NULL, hooked_traffic, h);

	while (!ret && h->flow.sent < 10 && !h->failed)
		usleep(1000);
	return ret;
}

/* 0, or the error of a message that could not be sent, or has not arrived */
static inline int hooked_stop(struct hooked *h)
{
	h->stop = true;
	return pthread_join(h->thread, NULL) ?: h->failed;
}

#endif /* HOOKCOST_TEST_HOOKED_H */
