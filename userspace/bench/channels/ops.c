// SPDX-License-Identifier: GPL-2.0-only
/* Channels between the kernel and user space: how each one is read */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "bench/channels/channel.h"
#include "core/compiler.h"
#include "channel.skel.h"
#include "channel_arena.skel.h"

/* Descriptors of AF_XDP that are taken in one go */
#define XSK_BATCH	64

static int fail(struct channel *c, const char *what, int ret)
{
	snprintf(c->why, sizeof(c->why), "cannot %s: %s", what, strerror(-ret));
	return ret;
}

const struct channel_ops channel_none = {
	.key = "none",
	.label = "XDP_DROP, no channel",
	.program = "channel_none",
};

/* The same while a socket has the queue: a driver may have another one for it */
const struct channel_ops channel_none_xsk = {
	.key = "none_xsk",
	.label = "XDP_DROP, AF_XDP queue",
	.program = "channel_none",
};

/*
 * ARRAY: two system calls for each record, its look-up and the update of the
 * index that makes its place free
 */
static uint64_t array_drain(struct channel *c)
{
	int indices = bpf_map__fd(c->skel->maps.indices);
	int records = bpf_map__fd(c->skel->maps.records);
	__u32 key = CHANNEL_HEAD, tail_key = CHANNEL_TAIL;
	struct channel_record r;
	uint64_t head, n = 0;

	if (bpf_map_lookup_elem(indices, &key, &head)) {
		c->calls_failed++;
		return 0;
	}
	for (; c->tail != head; n++) {
		key = c->tail % CHANNEL_RECORDS;
		if (bpf_map_lookup_elem(records, &key, &r))
			c->calls_failed++;
		channel_take(c, &r);
		c->tail++;
		if (bpf_map_update_elem(indices, &tail_key, &c->tail, BPF_ANY))
			c->calls_failed++;
	}
	return n;
}

const struct channel_ops channel_array = {
	.key = "array",
	.label = "ARRAY, shared indices",
	.paper = "ARRAY",
	.program = "channel_array",
	.calls = true,
	.drain = array_drain,
};

static int take_record(void *ctx, void *data, size_t size)
{
	channel_take(ctx, data);
	return 0;
}

static int ringbuf_open(struct channel *c)
{
	c->ringbuf = ring_buffer__new(bpf_map__fd(c->skel->maps.ringbuf), take_record, c, NULL);
	return c->ringbuf ? 0 : fail(c, "map the ring buffer", -errno);
}

static void ringbuf_close(struct channel *c)
{
	ring_buffer__free(c->ringbuf);
	c->ringbuf = NULL;
}

static uint64_t ringbuf_drain(struct channel *c)
{
	int n = ring_buffer__consume(c->ringbuf);

	if (n < 0)
		c->calls_failed++;
	return n < 0 ? 0 : n;
}

const struct channel_ops channel_ringbuf = {
	.key = "ringbuf",
	.label = "BPF ring buffer",
	.paper = "RINGBUF",
	.program = "channel_ringbuf",
	.open = ringbuf_open,
	.close = ringbuf_close,
	.drain = ringbuf_drain,
};

/* A ring in shared memory: there is no system call at all */
static uint64_t ring_drain(struct channel *c)
{
	uint64_t head = __atomic_load_n(&c->ring->head, __ATOMIC_ACQUIRE), n = 0;

	for (; c->tail != head; n++) {
		channel_take(c, &c->ring->record[c->tail % CHANNEL_RECORDS]);
		__atomic_store_n(&c->ring->tail, ++c->tail, __ATOMIC_RELEASE);
	}
	return n;
}

static int mmap_open(struct channel *c)
{
	c->ring = mmap(NULL, sizeof(*c->ring), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, bpf_map__fd(c->skel->maps.mmap_ring), 0);
	if (c->ring != MAP_FAILED)
		return 0;
	c->ring = NULL;
	return fail(c, "map the array", -errno);
}

static void mmap_close(struct channel *c)
{
	if (c->ring)
		munmap(c->ring, sizeof(*c->ring));
	c->ring = NULL;
}

const struct channel_ops channel_mmap = {
	.key = "mmap",
	.label = "mmap ring",
	.paper = "mmap ring",
	.program = "channel_mmap",
	.open = mmap_open,
	.close = mmap_close,
	.drain = ring_drain,
};

/* Its pages come with the first access; here, so that the program finds them all */
static void fault_in(struct channel_ring *ring)
{
	size_t i;

	for (i = 0; i < sizeof(*ring); i += 4096)
		((volatile char *)ring)[i] = 0;
	ring->record[CHANNEL_RECORDS - 1].word[0] = 0;
}

static int arena_open(struct channel *c)
{
	size_t size;
	int ret;

	c->arena = channel_arena_bpf__open();
	if (!c->arena)
		return fail(c, "open channel_arena.bpf.o", -errno);
	c->prog = bpf_object__find_program_by_name(c->arena->obj, c->ops->program);
	if (!c->prog) {
		snprintf(c->why, sizeof(c->why),
			 "hookcost was built with a clang before 19, which cannot make the program");
		return -ENOENT;
	}
	ret = channel_arena_bpf__load(c->arena);
	if (ret) {
		snprintf(c->why, sizeof(c->why),
			 "the kernel refuses an arena: %s; Linux 6.9 and a JIT that can do it are needed",
			 strerror(-ret));
		return ret;
	}
	c->seen = &c->arena->bss->seen;
	c->dropped = &c->arena->bss->dropped;
	c->wrong = &c->arena->bss->wrong;
	c->ring = bpf_map__initial_value(c->arena->maps.arena, &size);
	if (!c->ring || size < sizeof(*c->ring))
		return fail(c, "map the arena", -EINVAL);
	fault_in(c->ring);
	return 0;
}

/* The mapping is libbpf's */
static void arena_close(struct channel *c)
{
	c->ring = NULL;
}

const struct channel_ops channel_arena = {
	.key = "arena",
	.label = "BPF arena",
	.program = "channel_arena",
	.open = arena_open,
	.close = arena_close,
	.drain = ring_drain,
};

static int xsk_open(struct channel *c)
{
	int ret = xsock_open(&c->xsock, c->net, c->queue, c->why, sizeof(c->why)), fd;

	if (ret)
		return ret;
	fd = xsk_socket__fd(c->xsock.xsk);
	if (bpf_map_update_elem(bpf_map__fd(c->skel->maps.sockets), &c->queue, &fd, BPF_ANY))
		return fail(c, "put the socket into the XSKMAP", -errno);
	return 0;
}

static void xsk_close(struct channel *c)
{
	xsock_close(&c->xsock);
}

static uint64_t xsk_drain(struct channel *c)
{
	struct xsock *x = &c->xsock;
	uint64_t sum = 0;
	uint32_t at, n, i;

	while ((n = xsk_ring_cons__peek(&x->rx, XSK_BATCH, &at))) {
		for (i = 0; i < n; i++)
			channel_take(c, xsock_frame(x, xsk_ring_cons__rx_desc(&x->rx, at + i)));
		xsock_give_back(x, at, n);
		sum += n;
	}
	return sum;
}

const struct channel_ops channel_xsk = {
	.key = "xsk",
	.label = "AF_XDP",
	.paper = "AF_XDP",
	.program = "channel_xsk",
	.redirects = true,
	.open = xsk_open,
	.close = xsk_close,
	.drain = xsk_drain,
};
