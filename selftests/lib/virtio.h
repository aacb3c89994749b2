/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * virtio.c: two virtio NICs that are connected with each other, as scripts/boot-vm.sh gives
 * them to its guest
 *
 *	netns a, hc0a 10.203.0.1 -- virtio NIC ---- virtio NIC -- hc0b 10.203.0.2, netns b
 *
 * The netdevs are borrowed: they have these names until they are given back.
 */
#ifndef HOOKCOST_TEST_VIRTIO_H
#define HOOKCOST_TEST_VIRTIO_H

#include <pthread.h>

#include "hookcost_test.h"
#include "nic_ops.h"

struct virtio_net {
	struct hc_net net;
	char name[2][16];		/* as they were found */
	int tx;				/* packet socket on hc0a */
	/* virtio_nic's, between start() and stop() */
	pthread_t sender;
	const void *frame;
	size_t len;
	uint64_t sent;
	bool stop;
	int failed;
};

/* Of a struct virtio_net, for the tests of NIC drivers */
extern const struct nic_ops virtio_nic;

/* Ends the program with kselftest's skip status if there are no two such NICs */
void virtio_need(void);
/*
 * hc0b is the NIC that receives into mergeable buffers, or the one that does not: each has
 * a function of its own in the driver. 0, 1 if there is none, -1 with a diagnostic line.
 */
int virtio_up(struct virtio_net *v, bool mergeable);
void virtio_down(struct virtio_net *v);

/* Packets that a netdev has received so far, whatever became of them */
uint64_t virtio_received(const struct virtio_net *v, const char *dev);
/* A counter of hc0b's driver, e.g. "xdp_drops" */
uint64_t virtio_counter(const struct virtio_net *v, const char *name);
/*
 * That many frames from hc0a, of which hc0b has dealt with all when this returns; 0, or -1
 * with a diagnostic line
 */
int virtio_frames(const struct virtio_net *v, const void *frame, size_t len, unsigned int n);

#endif /* HOOKCOST_TEST_VIRTIO_H */
