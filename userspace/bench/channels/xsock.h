/* SPDX-License-Identifier: GPL-2.0-only */
/* An AF_XDP socket that receives, by libxdp */
#ifndef HOOKCOST_XSOCK_H
#define HOOKCOST_XSOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <xdp/xsk.h>

#include "net/net.h"

struct xsock {
	struct xsk_umem *umem;
	struct xsk_socket *xsk;
	struct xsk_ring_prod fill;
	struct xsk_ring_cons completion, rx;
	void *area;			/* the frames' memory */
	bool zero_copy;			/* the driver writes into it */
};

/*
 * Of a queue of the far end, which has to have an XDP program already. Without
 * copies if the driver can. 0, or -errno with the reason in why.
 */
int xsock_open(struct xsock *x, const struct net *n, uint32_t queue, char *why, size_t len);
/* Half opened ones too */
void xsock_close(struct xsock *x);
/* Frames that were for it and are lost, by the socket's own statistics */
int xsock_lost(const struct xsock *x, uint64_t *lost);

static inline void *xsock_frame(const struct xsock *x, const struct xdp_desc *d)
{
	return xsk_umem__get_data(x->area, d->addr);
}

/* The frames from `at` on have been read: their memory is received into again */
void xsock_give_back(struct xsock *x, uint32_t at, uint32_t n);

#endif /* HOOKCOST_XSOCK_H */
