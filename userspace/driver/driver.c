// SPDX-License-Identifier: GPL-2.0-only
/* Which device the benches run over */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/run.h"
#include "core/util.h"
#include "driver/driver.h"
#include "net/ethtool.h"

#define WAIT_S		10

#define DRIVER(name) (&driver_##name)

const struct driver_ops *const all_drivers[DRIVERS] = {
#include "driver/drivers.def"
};

void device_clear(struct device *d, const struct driver_ops *ops)
{
	memset(d, 0, sizeof(*d));
	d->ops = ops;
	d->port = -1;
	d->striding = -1;
	d->wait = WAIT_S;
}

void device_made(struct device *d)
{
	char why[16];
	size_t i = 0;

	while (!all_drivers[i]->made)
		i++;
	all_drivers[i]->find(NULL, "", d, why, sizeof(why));
}

/* The netdevs that a driver finds by itself */
static int choose_first(const char *root, struct device *d, char *why, size_t len)
{
	size_t i;
	int ret;

	for (i = DRIVERS; i--;) {
		ret = all_drivers[i]->find(NULL, root, d, why, len);
		if (!ret)
			break;
		if (ret == -EBUSY) {
			device_made(d);
			info("%s; benches run over %s", why, d->ops->name);
		}
	}
	return 0;
}

int device_choose(const char *asked, const char *root, struct device *d, char *why, size_t len)
{
	int ret = -EAGAIN;
	size_t i;

	if (!asked)
		return choose_first(root, d, why, len);
	/* "nic" is none, as there may be many */
	for (i = 0; i < DRIVERS; i++)
		if (!all_drivers[i]->remote && !strcmp(asked, all_drivers[i]->name))
			return all_drivers[i]->find(NULL, root, d, why, len);
	for (i = DRIVERS; i-- && ret == -EAGAIN;)
		ret = all_drivers[i]->find(asked, root, d, why, len);
	return ret;
}

void plans_nothing(const struct device *d, FILE *out)
{
}

bool refuses_nothing(char *text, size_t len)
{
	return false;
}

int makes_checksums(const struct net *n)
{
	return 0;
}

bool counts_drops(const struct net *n)
{
	return true;
}

int always_napi(const struct net *n, bool on)
{
	return 0;
}

static const char *netdev_driver(const struct device *d, char *driver, size_t len)
{
	if (*d->ops->driver)
		return d->ops->driver;
	return ethtool_driver(d->rx, driver, len) ? "unknown" : driver;
}

void device_text(const struct device *d, char *text, size_t len)
{
	d->ops->text(d, text, len);
}

struct json_object *device_json(const struct device *d)
{
	struct json_object *o = json_object_new_object();
	char driver[32];

	json_add_string(o, "kind", d->ops->name);
	json_add_string(o, "driver", netdev_driver(d, driver, sizeof(driver)));
	json_add_string(o, "netdev", d->rx);
	json_add_string(o, "peer", *d->tx ? d->tx : "another machine");
	json_object_object_add(o, "mlx5sim_port",
			       d->port < 0 ? NULL : json_object_new_int(d->port));
	json_object_object_add(o, "striding_rq",
			       d->striding < 0 ? NULL : json_object_new_boolean(d->striding));
	return o;
}
