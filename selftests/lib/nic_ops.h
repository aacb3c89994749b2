/* SPDX-License-Identifier: GPL-2.0-only */
/* What a test of a NIC's driver asks of sim.c or virtio.c, whose netdevs it has borrowed */
#ifndef HOOKCOST_TEST_NIC_OPS_H
#define HOOKCOST_TEST_NIC_OPS_H

#include <stddef.h>
#include <stdint.h>

struct nic_ops {
	/* counters of hc0b's driver, of what XDP has done with frames */
	const char *dropped, *bounced, *redirected;
	const char *passed;		/* NULL: none, those that are left */
	uint64_t (*counter)(const void *nic, const char *name);
	/* What hc0b has received so far, and what has come to hc0a, whatever became of it */
	uint64_t (*received)(const void *nic);
	uint64_t (*returned)(const void *nic);
	/* That many frames, of which hc0b has dealt with all when this returns; 0 or -1 */
	int (*frames)(const void *nic, const void *frame, size_t len, unsigned int n);
	/* Frames all the time; stop: how many it were, of which hc0b has dealt with all; 0 or -1 */
	int (*start)(void *nic, const void *frame, size_t len);
	int (*stop)(void *nic, uint64_t *sent);
};

#endif /* HOOKCOST_TEST_NIC_OPS_H */
