// SPDX-License-Identifier: GPL-2.0-only
/* Programs that drop at every hook of a test network */
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

static void drop_end(void *arg)
{
	struct drop *d = arg;

	hook_turns_end(&d->turns);
	drop_bpf__destroy(d->skel);
	d->skel = NULL;
}

static int load_programs(struct drop *d)
{
	d->skel = drop_bpf__open_and_load();
	if (!d->skel) {
		int ret = -errno;

		err("cannot load the programs that drop: %s", strerror(-ret));
		return ret;
	}
	hook_turns_init(&d->turns, &(struct hook){
		.net = &d->net,
		.gen = &d->gen,
		.sock = d->socket.fd,
		.socks = d->skel->maps.socks,
		.native = NATIVE,
	}, d->skel->obj, "drop");
	return 0;
}

int drop_reload(struct drop *d)
{
	struct drop_bpf *old = d->skel;
	int ret;

	hook_turns_end(&d->turns);
	ret = load_programs(d);
	/* the link at XDP goes from one program to the other, without a gap */
	if (!ret && d->gen.link)
		ret = generator_target(&d->gen, d->skel->progs.drop_xdp);
	drop_bpf__destroy(old);
	return ret;
}

int drop_setup(struct drop *d, const struct device *dev)
{
	d->socket.fd = -1;
	/* in NAPI at all places: veth would need XDP for it */
	return net_setup(&d->net, dev) ?: net_napi(&d->net, true) ?:
	       reader_open(&d->socket, &d->net, ROOM) ?:
	       generator_setup(&d->gen, &d->net, GENERATOR_SHORT) ?:
	       cleanup_push(drop_end, d) ?: load_programs(d);
}
