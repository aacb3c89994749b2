/* SPDX-License-Identifier: GPL-2.0-only */
/* An AF_XDP socket with a memory of its own, for one queue of hc0a or hc0b */
#ifndef HOOKCOST_TEST_XSK_H
#define HOOKCOST_TEST_XSK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XSK_RING	2048

struct xsk_ring {
	uint32_t *producer, *consumer, *flags;
	void *entries;
	void *map;
	size_t map_len;
};

struct xsk {
	int fd;
	uint8_t *memory;
	size_t memory_len;
	uint32_t chunk;
	uint32_t nfree;		/* chunks to send with */
	uint64_t free[XSK_RING];
	struct xsk_ring fill, completion, rx, tx;
};

/* Of the device's queue, with chunks of this size; 0 or -1 with a diagnostic line */
int xsk_open(struct xsk *x, const char *dev, uint32_t queue, uint32_t chunk, bool zero_copy);
void xsk_close(struct xsk *x);
bool xsk_is_zero_copy(const struct xsk *x);
/* How many frames could not be received, as the socket counts */
uint64_t xsk_dropped(const struct xsk *x);

/* The frame that has come first, until xsk_release(); NULL if there is none */
uint8_t *xsk_peek(struct xsk *x, uint32_t *len);
/* Gives that frame's chunk back to be received into */
void xsk_release(struct xsk *x);
/* Where the next frame to be sent belongs, then xsk_send(); NULL if there is no room */
uint8_t *xsk_reserve(struct xsk *x);
void xsk_send(struct xsk *x, uint32_t len);
/* Has the kernel look at what is to be sent, and takes back what has been */
void xsk_kick(struct xsk *x);

#endif /* HOOKCOST_TEST_XSK_H */
