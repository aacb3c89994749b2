/* SPDX-License-Identifier: GPL-2.0-only */
/* What a bench runs over: two connected netdevs, and how they are used */
#ifndef HOOKCOST_DEVICE_H
#define HOOKCOST_DEVICE_H

#include <json-c/json.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include "net.h"

struct device {
	const struct device_ops *ops;
	char tx[IF_NAMESIZE];		/* the sender's netdev */
	char rx[IF_NAMESIZE];		/* the receiver's, which is under test */
	int port;			/* mlx5sim's, of the receiver */
	int striding;			/* mlx5: its receive queue is; -1: not known, or veth */
};

/* One kind of device. What changes it says err() itself if it fails. */
struct device_ops {
	const char *name;		/* as --device takes it */
	const char *driver;
	/* The ends' netdevs come into the ends' namespaces, down; 0 or -errno */
	int (*take)(struct net *n);
	/* What take() has done is undone, half of it too */
	void (*give_back)(struct net *n);
	/* NAPI at both ends, without an XDP program too */
	int (*napi)(const struct net *n, bool on);
	/* In the receiver's namespace: what its driver has counted so far */
	int (*count)(const struct net *n, struct net_count *c);
};

extern const struct device_ops device_veth, device_mlx5;

/*
 * asked: "veth", "mlx5", an mlx5sim's netdev that is to receive, or NULL: mlx5
 * where mlx5sim has made two netdevs that can be used, else veth. root: "", or
 * the folder that a test has its /sys in. 0, or -errno with a one-line reason.
 */
int device_choose(const char *asked, const char *root, struct device *d, char *why, size_t len);
/* Whose netdevs these are, in one sentence without an end */
void device_text(const struct device *d, char *text, size_t len);
struct json_object *device_json(const struct device *d);

/*
 * device_mlx5.c: fills d with the receiver `name`, or with port 1 if that is
 * NULL, and its peer; -ENODEV if there is none, -EBUSY if it is in use.
 */
int device_mlx5_find(const char *name, const char *root, struct device *d, char *why,
		     size_t len);

#endif /* HOOKCOST_DEVICE_H */
