/* SPDX-License-Identifier: GPL-2.0-only */
/* What a bench runs over, see net/device.h: which there are, and which is chosen */
#ifndef HOOKCOST_DRIVER_H
#define HOOKCOST_DRIVER_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "net/device.h"
#include "net/inuse.h"

extern const struct device_ops device_veth, device_mlx5, device_nic;
/* Their frames, in NAME_generator.c */
extern const struct generator_ops generator_veth, generator_mlx5, generator_nic;

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
 * mlx5.c: fills d with the receiver `name`, or with port 1 if that is
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

/* nic.c: what will be changed on it while a bench runs over it */
void device_nic_plan(const struct device *d, FILE *out);
/* While it is lent: what of that it refused, in words; false if nothing */
bool device_nic_refused(char *text, size_t len);
/* Whether its driver counts what XDP drops; else all that is received counts as dropped */
bool device_nic_counts_drops(const struct net *n);

#endif /* HOOKCOST_DRIVER_H */
