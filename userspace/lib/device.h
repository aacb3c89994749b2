/* SPDX-License-Identifier: GPL-2.0-only */
/* What a bench runs over: two connected netdevs, or one that another machine sends to */
#ifndef HOOKCOST_DEVICE_H
#define HOOKCOST_DEVICE_H

#include <json-c/json.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "inuse.h"
#include "net.h"

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
};

extern const struct device_ops device_veth, device_mlx5, device_nic;

/*
 * asked: "veth", "mlx5", a netdev that is to receive (mlx5sim's: from its peer, any
 * other, or "nic:NAME": from another machine), or NULL: mlx5 where mlx5sim has made
 * two netdevs that can be used, else veth. root: "", or
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

/* Whether it is a netdev's name, and there is one; whether mlx5sim has made it */
bool device_exists(const char *name, const char *root);
bool device_is_sim(const char *name, const char *root);
/* -ENODEV, with what to name instead */
int device_absent(const char *name, char *why, size_t len);
/* netdev_in_use() by name: "NAME is in use: ..." */
bool device_in_use(const char *name, enum inuse_for what_for, char *why, size_t len);

/* device_nic.c: what will be changed on it while a bench runs over it */
void device_nic_plan(const struct device *d, FILE *out);
/* While it is lent: what of that it refused, in words; false if nothing */
bool device_nic_refused(char *text, size_t len);
/* Whether its driver counts what XDP drops; else all that is received counts as dropped */
bool device_nic_counts_drops(const struct net *n);

#endif /* HOOKCOST_DEVICE_H */
