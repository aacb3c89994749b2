// SPDX-License-Identifier: GPL-2.0-only
/* The bench "drop": where packets are dropped, and how they come to be */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/drop/drop.h"
#include "core/run.h"
#include "core/util.h"
#include "drop.bpf.h"
#include "drop.skel.h"

#define NATIVE	"drop"
/* A burst, read later or because a filter failed; veth's messages have a page each */
#define ROOM	(256 * 8192)
#define SETTLE_TRIES	1000
#define SETTLE_US	1000

/* The program's count; of a native one that of the program in whose place it is */
static size_t program_of(size_t i)
{
	static const char *const name[] = {
#define DROP(name) #name
#include "drop.def"
	};
	size_t at;

	for (at = 0; at < ARRAY_SIZE(name); at++)
		if (!strcmp(name[at], all_hooks[i]->suffix))
			break;
	return at;
}

bool drop_has(size_t i)
{
	return !all_hooks[i]->other_way && program_of(i) < DROP_PROGRAMS;
}

uint64_t drop_count(const struct drop *d, size_t i)
{
	return d->skel->bss->dropped[program_of(i)];
}

void drop_settle(const struct drop *d, size_t i, uint64_t until)
{
	int tries;

	if (all_hooks[i]->instead)
		return;
	for (tries = 0; tries < SETTLE_TRIES && drop_count(d, i) < until; tries++)
		usleep(SETTLE_US);
}

int drop_enter(struct drop *d, size_t i, char *why, size_t len)
{
	struct hook *h = &d->hook[i];
	char reason[256];
	int ret;

	if (d->now == h)
		return 0;
	drop_leave(d);
	d->now = h;
	ret = hook_try(h, reason, sizeof(reason));
	if (ret) {
		snprintf(why, len, "the kernel does not take a program at %s: %s",
			 h->ops->place_label, strerror(-ret));
		drop_leave(d);
	}
	return ret;
}

void drop_leave(struct drop *d)
{
	if (d->now)
		hook_detach(d->now);
	d->now = NULL;
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
	size_t i;
	int ret;

	d->skel = drop_bpf__open_and_load();
	ret = d->skel ? 0 : -errno;
	if (ret) {
		err("cannot load the programs that drop: %s", strerror(-ret));
		return ret;
	}
	for (i = 0; i < HOOKS; i++)
		d->hook[i] = (struct hook){
			.ops = all_hooks[i],
			.net = &d->net,
			.gen = &d->gen,
			.prog = hook_program(d->skel->obj, "drop", all_hooks[i]),
			.sock = d->socket.fd,
			.socks = d->skel->maps.socks,
			.native = NATIVE,
		};
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
	/* in NAPI at all places: veth would need XDP for it */
	return net_setup(&d->net, d->opts->device) ?: net_napi(&d->net, true) ?:
	       reader_open(&d->socket, &d->net, ROOM) ?:
	       generator_setup(&d->gen, &d->net, GENERATOR_SHORT) ?:
	       cleanup_push(drop_end, d) ?: load_programs(d);
}
