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

#define DRIVER(name) DRIVER_NR_##name
enum {
#include "driver/drivers.def"
	DRIVERS
};

#undef DRIVER
#define DRIVER(name) driver_##name
extern const struct driver_ops
#include "driver/drivers.def"
	*const all_drivers[DRIVERS];
#undef DRIVER

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

/* The one that is made for a bench, whatever there is on this machine */
void device_made(struct device *d);
/* Of a driver's find(): nothing is known of it yet */
void device_clear(struct device *d, const struct driver_ops *ops);

/* Whether it is a netdev's name, and there is one */
bool device_exists(const char *name, const char *root);
/* -ENODEV, with what to name instead */
int device_absent(const char *name, char *why, size_t len);
/* netdev_in_use() by name: "NAME is in use: ..." */
bool device_in_use(const char *name, enum inuse_for what_for, char *why, size_t len);

/* driver_ops of who changes nothing, whose checksums are always made, and who counts all */
void plans_nothing(const struct device *d, FILE *out);
bool refuses_nothing(char *text, size_t len);
int makes_checksums(const struct net *n);
bool counts_drops(const struct net *n);
/* In NAPI as it is */
int always_napi(const struct net *n, bool on);

#endif /* HOOKCOST_DRIVER_H */
