// SPDX-License-Identifier: GPL-2.0-only
/* AF_XDP by hand: four rings and a memory, as Documentation/networking/af_xdp.rst has it */
#include <errno.h>
#include <linux/if_xdp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest.h"
#include "simdata.h"
#include "xsk.h"

#ifndef SOL_XDP
#define SOL_XDP	283
#endif

#define MASK		(XSK_RING - 1)

static int fail(const char *what)
{
	ksft_print_msg("AF_XDP: %s: %s\n", what, strerror(errno));
	return -1;
}

static int map_ring(int fd, struct xsk_ring *r, const struct xdp_ring_offset *off, uint64_t page,
		    size_t entry)
{
	r->map_len = off->desc + XSK_RING * entry;
	r->map = mmap(NULL, r->map_len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
		      page);
	if (r->map == MAP_FAILED) {
		r->map = NULL;
		return fail("cannot map a ring");
	}
	r->producer = r->map + off->producer;
	r->consumer = r->map + off->consumer;
	r->flags = r->map + off->flags;
	r->entries = r->map + off->desc;
	return 0;
}

static int map_rings(struct xsk *x)
{
	struct xdp_mmap_offsets off;
	socklen_t len = sizeof(off);

	if (getsockopt(x->fd, SOL_XDP, XDP_MMAP_OFFSETS, &off, &len))
		return fail("XDP_MMAP_OFFSETS");
	return map_ring(x->fd, &x->fill, &off.fr, XDP_UMEM_PGOFF_FILL_RING, sizeof(uint64_t)) ?:
	       map_ring(x->fd, &x->completion, &off.cr, XDP_UMEM_PGOFF_COMPLETION_RING,
			sizeof(uint64_t)) ?:
	       map_ring(x->fd, &x->rx, &off.rx, XDP_PGOFF_RX_RING, sizeof(struct xdp_desc)) ?:
	       map_ring(x->fd, &x->tx, &off.tx, XDP_PGOFF_TX_RING, sizeof(struct xdp_desc));
}

static void publish(uint32_t *index, uint32_t value)
{
	__atomic_store_n(index, value, __ATOMIC_RELEASE);
}

static uint32_t seen(const uint32_t *index)
{
	return __atomic_load_n(index, __ATOMIC_ACQUIRE);
}

static void fill(struct xsk *x, uint64_t addr)
{
	uint32_t at = *x->fill.producer;

	((uint64_t *)x->fill.entries)[at & MASK] = addr;
	publish(x->fill.producer, at + 1);
}

/* The first half of the memory is received into, the other is sent from */
static int set_up(struct xsk *x, const char *dev, uint32_t queue, bool zero_copy)
{
	static const int rings[] = {
		XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING, XDP_TX_RING,
	};
	struct xdp_umem_reg reg = {
		.addr = (uintptr_t)x->memory,
		.len = x->memory_len,
		.chunk_size = x->chunk,
	};
	struct sockaddr_xdp addr = {
		.sxdp_family = AF_XDP,
		.sxdp_flags = zero_copy ? XDP_ZEROCOPY : XDP_COPY,
		.sxdp_ifindex = hc_ifindex(data_netns(dev), dev),
		.sxdp_queue_id = queue,
	};
	int size = XSK_RING;
	size_t i;

	if (setsockopt(x->fd, SOL_XDP, XDP_UMEM_REG, &reg, sizeof(reg)))
		return fail("XDP_UMEM_REG");
	for (i = 0; i < ARRAY_SIZE(rings); i++)
		if (setsockopt(x->fd, SOL_XDP, rings[i], &size, sizeof(size)))
			return fail("cannot make a ring");
	if (map_rings(x))
		return -1;
	for (i = 0; i < XSK_RING; i++) {
		fill(x, i * x->chunk);
		x->free[x->nfree++] = (XSK_RING + i) * x->chunk;
	}
	return bind(x->fd, (void *)&addr, sizeof(addr)) ? fail("cannot bind") : 0;
}

int xsk_open(struct xsk *x, const char *dev, uint32_t queue, uint32_t chunk, bool zero_copy)
{
	memset(x, 0, sizeof(*x));
	x->chunk = chunk;
	x->memory_len = 2 * XSK_RING * (size_t)chunk;
	x->memory = mmap(NULL, x->memory_len, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	hc_enter(data_netns(dev));
	x->fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	hc_enter(sim.net.home);
	if (x->fd < 0 || x->memory == MAP_FAILED)
		return fail("no socket or no memory");
	return set_up(x, dev, queue, zero_copy);
}

void xsk_close(struct xsk *x)
{
	struct xsk_ring *rings[] = { &x->fill, &x->completion, &x->rx, &x->tx };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rings); i++)
		if (rings[i]->map)
			munmap(rings[i]->map, rings[i]->map_len);
	if (x->fd > 0)
		close(x->fd);
	if (x->memory)
		munmap(x->memory, x->memory_len);
	memset(x, 0, sizeof(*x));
}

bool xsk_is_zero_copy(const struct xsk *x)
{
	struct xdp_options opts = { 0 };
	socklen_t len = sizeof(opts);

	return !getsockopt(x->fd, SOL_XDP, XDP_OPTIONS, &opts, &len) &&
	       opts.flags & XDP_OPTIONS_ZEROCOPY;
}

uint64_t xsk_dropped(const struct xsk *x)
{
	struct xdp_statistics s = { 0 };
	socklen_t len = sizeof(s);

	if (getsockopt(x->fd, SOL_XDP, XDP_STATISTICS, &s, &len))
		return UINT64_MAX;
	return s.rx_dropped + s.rx_ring_full + s.rx_invalid_descs;
}

static struct xdp_desc *first(struct xsk *x)
{
	return &((struct xdp_desc *)x->rx.entries)[*x->rx.consumer & MASK];
}

uint8_t *xsk_peek(struct xsk *x, uint32_t *len)
{
	if (seen(x->rx.producer) == *x->rx.consumer)
		return NULL;
	*len = first(x)->len;
	return x->memory + first(x)->addr;
}

void xsk_release(struct xsk *x)
{
	/* the chunk, not where the frame began in it */
	fill(x, first(x)->addr / x->chunk * x->chunk);
	publish(x->rx.consumer, *x->rx.consumer + 1);
}

uint8_t *xsk_reserve(struct xsk *x)
{
	if (!x->nfree || *x->tx.producer - seen(x->tx.consumer) == XSK_RING)
		return NULL;
	return x->memory + x->free[x->nfree - 1];
}

void xsk_send(struct xsk *x, uint32_t len)
{
	uint32_t at = *x->tx.producer;

	((struct xdp_desc *)x->tx.entries)[at & MASK] = (struct xdp_desc){
		.addr = x->free[--x->nfree],
		.len = len,
	};
	publish(x->tx.producer, at + 1);
}

void xsk_kick(struct xsk *x)
{
	uint32_t at = *x->completion.consumer;

	/* busy or out of room: what is left waits for the next kick */
	sendto(x->fd, NULL, 0, MSG_DONTWAIT, NULL, 0);
	for (; at != seen(x->completion.producer); at++)
		x->free[x->nfree++] = ((uint64_t *)x->completion.entries)[at & MASK];
	publish(x->completion.consumer, at);
}
