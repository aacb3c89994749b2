// SPDX-License-Identifier: GPL-2.0-only
/* Channels between the kernel and user space: their programs, opened and closed */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench/channels/channel.h"
#include "core/run.h"
#include "channel.skel.h"
#include "channel_arena.skel.h"
#include "xdp.skel.h"

/* The maps of channel.bpf.c that one of its programs uses; its counters are with all */
static const struct {
	const char *program, *map[2];
} uses[] = {
	{ "channel_array", { "indices", "records" } },
	{ "channel_ringbuf", { "ringbuf" } },
	{ "channel_mmap", { "mmap_ring" } },
	{ "channel_xsk", { "sockets" } },
	{ "channel_drain", { "user_ringbuf" } },
};

static bool used(const char *program, const char *map)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(uses); i++)
		if (!strcmp(uses[i].program, program))
			return !strcmp(uses[i].map[0], map) ||
			       (uses[i].map[1] && !strcmp(uses[i].map[1], map));
	return false;
}

static int fail(const char *what, int ret, char *why, size_t len)
{
	snprintf(why, len, "%s: %s%s", what, strerror(-ret),
		 ret == -EPERM ? "; run as root" : "");
	return ret;
}

int channel_load(struct channel_bpf **skel, struct bpf_program **prog, const char *name,
		 char *why, size_t len)
{
	struct bpf_map *map;
	int ret;

	*skel = channel_bpf__open();
	if (!*skel)
		return fail("cannot open channel.bpf.o", -errno, why, len);
	bpf_object__for_each_map(map, (*skel)->obj)
		if (!bpf_map__is_internal(map))
			bpf_map__set_autocreate(map, used(name, bpf_map__name(map)));
	*prog = bpf_object__find_program_by_name((*skel)->obj, name);
	bpf_program__set_autoload(*prog, true);
	ret = channel_bpf__load(*skel);
	return ret ? fail("the kernel does not load the program", ret, why, len) : 0;
}

int channel_possible(char *why, size_t len)
{
	struct bpf_program *prog;
	struct channel_bpf *skel;
	int ret = channel_load(&skel, &prog, channel_none.program, why, len);

	channel_bpf__destroy(skel);
	return ret;
}

static int open_program(struct channel *c)
{
	int ret = channel_load(&c->skel, &c->prog, c->ops->program, c->why, sizeof(c->why));

	if (ret)
		return ret;
	c->seen = &c->skel->bss->seen;
	c->dropped = &c->skel->bss->dropped;
	c->wrong = &c->skel->bss->wrong;
	return 0;
}

static void channel_close(void *arg)
{
	struct channel *c = arg;

	if (c->ops->close)
		c->ops->close(c);
	channel_bpf__destroy(c->skel);
	channel_arena_bpf__destroy(c->arena);
	c->skel = NULL;
	c->arena = NULL;
	c->prog = NULL;
}

int channel_open(struct channel *c, const struct channel_ops *ops,
		 const struct channel_record *sent, const struct net *net, uint32_t queue)
{
	int ret;

	memset(c, 0, sizeof(*c));
	c->ops = ops;
	c->sent = *sent;
	c->net = net;
	c->queue = queue;
	ret = cleanup_push(channel_close, c);
	if (ret)
		return fail("cannot open the channel", ret, c->why, sizeof(c->why));
	/* the arena's is in another object */
	if (ops != &channel_arena)
		ret = open_program(c);
	return ret ?: ops->open ? ops->open(c) : 0;
}

/* A program says so */
int channel_find_queue(struct generator *g, uint32_t *queue)
{
	struct bpf_program *prog;
	struct channel_bpf *skel;
	char why[256];
	double ns;
	int ret;

	ret = channel_load(&skel, &prog, "channel_queue", why, sizeof(why));
	if (ret)
		err("%s", why);
	ret = ret ?: generator_target(g, prog);
	if (!ret) {
		ns = generator_run(g, 1);
		*queue = skel->bss->queue;
		ret = ns < 0 ? (int)ns : generator_target(g, g->skel->progs.xdp_drop);
	}
	channel_bpf__destroy(skel);
	return ret;
}

uint64_t channel_lost(const struct channel *c)
{
	uint64_t lost = 0;

	if (c->xsock.xsk && xsock_lost(&c->xsock, &lost))
		return UINT64_MAX;
	return lost + *c->dropped;
}
