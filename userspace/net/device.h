/* SPDX-License-Identifier: GPL-2.0-only */
/* What a test network is made of: two connected netdevs, or one that another machine sends to */
#ifndef HOOKCOST_DEVICE_H
#define HOOKCOST_DEVICE_H

#include <net/if.h>
#include <stdbool.h>
#include "net/net.h"

struct generator_ops;

struct device {
	const struct device_ops *ops;
	char tx[IF_NAMESIZE];		/* the sender's netdev */
	char rx[IF_NAMESIZE];		/* the receiver's, which is under test */
	int port;			/* mlx5sim's, of the receiver */
	int striding;			/* mlx5: its receive queue is; -1: not known, or veth */
	unsigned int wait;		/* nic: seconds that the other machine has to send */
};

/* One kind of device. What changes it says err() itself if it fails. */
struct device_ops {
	const char *name;		/* as --device takes it */
	const char *driver;
	/*
	 * Traffic comes from outside: the receiver stays in the namespace of this
	 * process, and there is no sender (net.a) here
	 */
	bool outside;
	/* The ends' netdevs come into the ends' namespaces, down; 0 or -errno */
	int (*take)(struct net *n);
	/* What take() has done is undone, half of it too */
	void (*give_back)(struct net *n);
	/* NAPI at both ends, without an XDP program too */
	int (*napi)(const struct net *n, bool on);
	/* In the receiver's namespace: what its driver has counted so far */
	int (*count)(const struct net *n, struct net_count *c);
	/* Where its frames come from */
	const struct generator_ops *generator;
};

#endif /* HOOKCOST_DEVICE_H */
