// SPDX-License-Identifier: GPL-2.0-only
/* An AF_XDP socket that receives, by libxdp */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <xdp/libxdp.h>

#include "bench/channels/xsock.h"
#include "core/run.h"
#include "channel.bpf.h"

#define CHUNK		XSK_UMEM__DEFAULT_FRAME_SIZE
/* As many again for a driver that takes its buffers from here */
#define CHUNKS		(2 * CHANNEL_RECORDS)
#define AREA		((size_t)CHUNKS * CHUNK)

#ifndef SOL_XDP
#define SOL_XDP		283
#endif

static int print_libxdp(enum libxdp_print_level level, const char *fmt, va_list ap)
{
	char text[512];

	if (level == LIBXDP_DEBUG)
		return 0;
	vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\n")] = '\0';
	info("%s", text);
	return 0;
}

static int fail(const char *what, int ret, char *why, size_t len)
{
	snprintf(why, len, "cannot %s: %s%s", what, strerror(-ret),
		 ret == -EAFNOSUPPORT ? "; the kernel needs CONFIG_XDP_SOCKETS" : "");
	return ret;
}

static void fill_all(struct xsock *x)
{
	uint32_t at = 0, i;

	xsk_ring_prod__reserve(&x->fill, CHUNKS, &at);
	for (i = 0; i < CHUNKS; i++)
		*xsk_ring_prod__fill_addr(&x->fill, at + i) = (uint64_t)i * CHUNK;
	xsk_ring_prod__submit(&x->fill, CHUNKS);
}

static int is_zero_copy(struct xsock *x)
{
	struct xdp_options o = {};
	socklen_t len = sizeof(o);

	if (getsockopt(xsk_socket__fd(x->xsk), SOL_XDP, XDP_OPTIONS, &o, &len))
		return -errno;
	x->zero_copy = o.flags & XDP_OPTIONS_ZEROCOPY;
	return 0;
}

/* In the far end's namespace */
static int create(struct xsock *x, const struct net *n, uint32_t queue, char *why, size_t len)
{
	const struct xsk_umem_config memory = {
		.fill_size = CHUNKS,
		.comp_size = XSK_RING_CONS__DEFAULT_NUM_DESCS,
		.frame_size = CHUNK,
	};
	const struct xsk_socket_config config = {
		.rx_size = CHANNEL_RECORDS,
		/* the program is the bench's own */
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		/* neither mode asked for: the kernel takes the better one that there is */
		.bind_flags = XDP_USE_NEED_WAKEUP,
	};
	int ret;

	ret = xsk_umem__create(&x->umem, x->area, AREA, &x->fill, &x->completion, &memory);
	if (ret)
		return fail("register memory for AF_XDP", ret, why, len);
	/* before it is bound: the driver takes buffers then */
	fill_all(x);
	ret = xsk_socket__create(&x->xsk, n->b.name, queue, x->umem, &x->rx, NULL, &config);
	if (ret)
		return fail("bind an AF_XDP socket", ret, why, len);
	ret = is_zero_copy(x);
	return ret ? fail("ask an AF_XDP socket for its mode", ret, why, len) : 0;
}

int xsock_open(struct xsock *x, const struct net *n, uint32_t queue, char *why, size_t len)
{
	int ret, left;

	memset(x, 0, sizeof(*x));
	libxdp_set_print(print_libxdp);
	x->area = mmap(NULL, AREA, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (x->area == MAP_FAILED) {
		x->area = NULL;
		return fail("get memory for AF_XDP", -errno, why, len);
	}
	ret = net_enter(&n->b);
	if (ret)
		return fail("enter the receiver's namespace", ret, why, len);
	ret = create(x, n, queue, why, len);
	left = net_leave(n);
	return ret ?: left;
}

void xsock_close(struct xsock *x)
{
	if (x->xsk)
		xsk_socket__delete(x->xsk);
	if (x->umem)
		xsk_umem__delete(x->umem);
	if (x->area)
		munmap(x->area, AREA);
	memset(x, 0, sizeof(*x));
}

int xsock_lost(const struct xsock *x, uint64_t *lost)
{
	struct xdp_statistics s = {};
	socklen_t len = sizeof(s);

	if (getsockopt(xsk_socket__fd(x->xsk), SOL_XDP, XDP_STATISTICS, &s, &len))
		return -errno;
	*lost = s.rx_dropped + s.rx_ring_full + s.rx_invalid_descs;
	return 0;
}

void xsock_give_back(struct xsock *x, uint32_t at, uint32_t n)
{
	uint32_t to = 0, i;

	/* there is a place for every chunk */
	xsk_ring_prod__reserve(&x->fill, n, &to);
	for (i = 0; i < n; i++) {
		/* the chunk, not where the frame began in it */
		*xsk_ring_prod__fill_addr(&x->fill, to + i) =
			xsk_ring_cons__rx_desc(&x->rx, at + i)->addr & ~(uint64_t)(CHUNK - 1);
	}
	xsk_ring_prod__submit(&x->fill, n);
	xsk_ring_cons__release(&x->rx, n);
	if (xsk_ring_prod__needs_wakeup(&x->fill))
		recvfrom(xsk_socket__fd(x->xsk), NULL, 0, MSG_DONTWAIT, NULL, NULL);
}
