// SPDX-License-Identifier: GPL-2.0-only
/* The bench "drop": where packets are dropped, and how they come to be */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/if_link.h>
#include <unistd.h>

#include "bench/drop/drop.h"
#include "core/run.h"
#include "hook/native.h"
#include "kernel/probe.h"
#include "drop.bpf.h"
#include "drop.skel.h"

#define NATIVE	"drop"
/* A burst, read later or because a filter failed; veth's messages have a page each */
#define ROOM	(256 * 8192)
#define SETTLE_TRIES	1000
#define SETTLE_US	1000

const char *const drop_key[PLACES] = {
	"native", "xdp", "xdp_generic", "tc", "sk_skb", "socket"
};

const char *const drop_label[PLACES] = {
	"native hook", "XDP", "XDP, generic", "TC", "SK_SKB", "socket"
};

uint64_t drop_count(const struct drop *d, enum drop_place place)
{
	static const enum drop_program program[PLACES] = {
		/* it stays in its place, and must not run */
		[PLACE_NATIVE] = DROP_XDP,
		[PLACE_XDP] = DROP_XDP,
		[PLACE_GENERIC] = DROP_GENERIC,
		[PLACE_TC] = DROP_TC,
		[PLACE_SK_SKB] = DROP_SK_SKB,
		[PLACE_SOCKET] = DROP_SOCKET,
	};

	return d->skel->bss->dropped[program[place]];
}

void drop_settle(const struct drop *d, enum drop_place place, uint64_t until)
{
	int i;

	if (place == PLACE_NATIVE)
		return;
	for (i = 0; i < SETTLE_TRIES && drop_count(d, place) < until; i++)
		usleep(SETTLE_US);
}

/* 0 or -errno, not said: a kernel may not have it */
static int enter_generic(struct drop *d)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_SKB_MODE);

	d->generic = bpf_link_create(bpf_program__fd(d->skel->progs.drop_generic),
				     d->net.b.ifindex, BPF_XDP, &opts);
	return d->generic < 0 ? d->generic : 0;
}

static int enter_socket(struct drop *d)
{
	int prog = bpf_program__fd(d->skel->progs.drop_socket);

	return setsockopt(d->socket.fd, SOL_SOCKET, SO_ATTACH_BPF, &prog, sizeof(prog)) ?
	       -errno : 0;
}

static int enter_sk_skb(struct drop *d)
{
	uint64_t fd = d->socket.fd;
	uint32_t key = 0;

	return bpf_map_update_elem(bpf_map__fd(d->skel->maps.socks), &key, &fd, BPF_ANY);
}

static int enter_tc(struct drop *d)
{
	d->tc = bpf_program__attach_tcx(d->skel->progs.drop_tc, d->net.b.ifindex, NULL);
	return d->tc ? 0 : -errno;
}

/* In the receiver's namespace, where no XDP program is left in the driver */
static int enter_behind(struct drop *d, enum drop_place place)
{
	int ret = net_enter(&d->net.b);

	if (ret)
		return ret;
	switch (place) {
	case PLACE_GENERIC:
		ret = enter_generic(d);
		break;
	case PLACE_TC:
		ret = enter_tc(d);
		break;
	case PLACE_SK_SKB:
		ret = enter_sk_skb(d);
		break;
	default:
		ret = enter_socket(d);
		break;
	}
	return net_leave(&d->net) ?: ret;
}

int drop_enter(struct drop *d, enum drop_place place, char *why, size_t len)
{
	bool in_driver = place == PLACE_NATIVE || place == PLACE_XDP;
	int ret = 0;

	if (d->now == place)
		return 0;
	drop_leave(d);
	/* a change that has the driver set its queues up anew; not when there is none */
	if (in_driver || d->gen.link)
		ret = generator_target(&d->gen, in_driver ? d->skel->progs.drop_xdp : NULL);
	d->now = place;
	if (!ret && place == PLACE_NATIVE)
		ret = native_run(&d->net, NATIVE, 0);
	else if (!ret && !in_driver)
		ret = enter_behind(d, place);
	if (ret) {
		snprintf(why, len, "the kernel does not take a program at %s: %s",
			 drop_label[place], strerror(-ret));
		drop_leave(d);
	}
	return ret;
}

void drop_leave(struct drop *d)
{
	uint32_t key = 0;
	int zero = 0;

	switch (d->now) {
	case PLACE_NATIVE:
		probe_native_off();
		break;
	case PLACE_GENERIC:
		if (d->generic >= 0)
			close(d->generic);
		d->generic = -1;
		break;
	case PLACE_TC:
		bpf_link__destroy(d->tc);
		d->tc = NULL;
		break;
	case PLACE_SK_SKB:
		bpf_map_delete_elem(bpf_map__fd(d->skel->maps.socks), &key);
		break;
	case PLACE_SOCKET:
		setsockopt(d->socket.fd, SOL_SOCKET, SO_DETACH_BPF, &zero, sizeof(zero));
		break;
	default:
		break;
	}
	d->now = PLACES;
}

static void drop_end(void *arg)
{
	struct drop *d = arg;

	if (d->skel)
		drop_leave(d);
	drop_bpf__destroy(d->skel);
	d->skel = NULL;
}

static int load_programs(struct drop *d)
{
	int ret;

	d->skel = drop_bpf__open_and_load();
	ret = d->skel ? 0 : -errno;
	if (ret) {
		err("cannot load the programs that drop: %s", strerror(-ret));
		return ret;
	}
	if (bpf_prog_attach(bpf_program__fd(d->skel->progs.drop_sk_skb),
			    bpf_map__fd(d->skel->maps.socks), BPF_SK_SKB_VERDICT, 0))
		snprintf(d->lacks[PLACE_SK_SKB], sizeof(d->lacks[PLACE_SK_SKB]),
			 "the kernel does not take a program at SK_SKB: %s", strerror(errno));
	return 0;
}

int drop_reload(struct drop *d)
{
	struct drop_bpf *old = d->skel;
	int ret;

	drop_leave(d);
	ret = load_programs(d);
	/* the link at XDP goes from one program to the other, without a gap */
	if (!ret && d->gen.link)
		ret = generator_target(&d->gen, d->skel->progs.drop_xdp);
	drop_bpf__destroy(old);
	return ret;
}

int drop_setup(struct drop *d)
{
	d->now = PLACES;
	d->generic = -1;
	/* in NAPI at all places: veth would need XDP for it */
	return net_setup(&d->net, d->opts->device) ?: net_napi(&d->net, true) ?:
	       reader_open(&d->socket, &d->net, ROOM) ?:
	       generator_setup(&d->gen, &d->net, GENERATOR_SHORT) ?:
	       cleanup_push(drop_end, d) ?: load_programs(d);
}
