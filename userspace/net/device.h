/* SPDX-License-Identifier: GPL-2.0-only */
/* What a test network is made of: two connected netdevs, or one that another machine sends to */
#ifndef HOOKCOST_DEVICE_H
#define HOOKCOST_DEVICE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include "net/net.h"

struct generator_ops;

struct device {
	const struct driver_ops *ops;
	char tx[IF_NAMESIZE];		/* the sender's netdev */
	char rx[IF_NAMESIZE];		/* the receiver's, which is under test */
	int port;			/* mlx5sim's, of the receiver */
	int striding;			/* mlx5: its receive queue is; -1: not known, or veth */
	unsigned int wait;		/* nic: seconds that the other machine has to send */
};

/* The driver of a kind of device. What changes something says err() itself if it fails. */
struct driver_ops {
	const char *name;		/* as --device takes it */
	const char *driver;		/* "": that of the netdev, whatever it is */
	/*
	 * Traffic is remote: the receiver stays in the namespace of this
	 * process, and there is no sender (net.a) here
	 */
	bool remote;
	bool made;			/* its netdevs are made for the bench, and always can be */
	bool model;			/* a time per packet contains a model's of the hardware */
	bool peer_program;		/* XDP_TX arrives only where XDP has a program, too */
	const char *bytes;		/* ethtool's statistic of bytes that have come */
	const char *how;		/* how it receives, a sentence; NULL: as any NIC */
	const struct generator_ops *generator;	/* where its frames come from */

	/*
	 * Fills d with the netdev of that name, as --device has it, or if it is NULL with what
	 * it would take itself. root: "", or the folder that a test has its /sys in. 0; -EAGAIN:
	 * it is for another driver; or -errno with a one-line reason.
	 */
	int (*find)(const char *name, const char *root, struct device *d, char *why, size_t len);
	/* Whose netdevs these are, in one sentence without an end */
	void (*text)(const struct device *d, char *text, size_t len);
	/* What will be changed on a netdev of somebody's, while a bench runs over it */
	void (*plan)(const struct device *d, FILE *out);
	/* The ends' netdevs come into the ends' namespaces, down; 0 or -errno */
	int (*take)(struct net *n);
	/* What take() has done is undone, half of it too */
	void (*give_back)(struct net *n);
	/* While it is taken: what of the plan it has refused, in words; false if nothing */
	bool (*refused)(char *text, size_t len);
	/* NAPI at both ends, without an XDP program too */
	int (*napi)(const struct net *n, bool on);
	/* From now on no frame crosses it with a checksum that is still to be made */
	int (*checksums)(const struct net *n);
	/* In the receiver's namespace: what its driver has counted so far */
	int (*count)(const struct net *n, struct net_count *c);
	/* Whether it counts what XDP drops; else all that is received counts as dropped */
	bool (*counts_drops)(const struct net *n);
};

#endif /* HOOKCOST_DEVICE_H */
