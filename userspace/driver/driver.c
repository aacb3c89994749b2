// SPDX-License-Identifier: GPL-2.0-only
/* Which device the benches run over */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/run.h"
#include "driver/driver.h"
#include "driver/nic.h"
#include "net/ethtool.h"

#define NIC_MARK	"nic:"
#define NIC_WAIT_S	10

static void choose_veth(struct device *d)
{
	memset(d, 0, sizeof(*d));
	d->ops = &device_veth;
	d->port = -1;
	d->striding = -1;
	d->wait = NIC_WAIT_S;
	snprintf(d->tx, sizeof(d->tx), "hc0");
	snprintf(d->rx, sizeof(d->rx), "hc1");
}

/* -EAGAIN: it is none, or mlx5sim's */
static int choose_nic(const char *asked, const char *root, struct device *d, char *why,
		      size_t len)
{
	bool marked = !strncmp(asked, NIC_MARK, strlen(NIC_MARK));
	const char *name = marked ? asked + strlen(NIC_MARK) : asked;

	if (!device_exists(name, root))
		return device_absent(name, why, len);
	return marked || !device_is_sim(name, root) ? nic_find(name, root, d, why, len) : -EAGAIN;
}

int device_choose(const char *asked, const char *root, struct device *d, char *why, size_t len)
{
	const char *name = asked && strcmp(asked, device_mlx5.name) ? asked : NULL;
	int ret;

	choose_veth(d);
	if (asked && !strcmp(asked, device_veth.name))
		return 0;
	ret = name ? choose_nic(name, root, d, why, len) : -EAGAIN;
	if (ret != -EAGAIN)
		return ret;
	ret = device_mlx5_find(name, root, d, why, len);
	if (!ret)
		return 0;
	choose_veth(d);
	if (!asked && ret == -EBUSY)
		info("%s; benches run over veth", why);
	return asked ? ret : 0;
}

static const char *nic_driver(const struct device *d, char *driver, size_t len)
{
	if (d->ops != &device_nic)
		return d->ops->driver;
	return ethtool_driver(d->rx, driver, len) ? "unknown" : driver;
}

void device_text(const struct device *d, char *text, size_t len)
{
	static const char *const queue[] = {
		"", ", with a cyclic receive queue", ", with a striding receive queue",
	};

	char driver[32];

	if (d->ops == &device_mlx5)
		snprintf(text, len,
			 "mlx5: %s, driven by mlx5_core, port %d of the software ConnectX mlx5sim%s; its peer is %s",
			 d->rx, d->port, queue[d->striding + 1], d->tx);
	else if (d->ops == &device_nic)
		snprintf(text, len, "nic: %s, driven by %s; its traffic comes from another machine",
			 d->rx, nic_driver(d, driver, sizeof(driver)));
	else
		snprintf(text, len, "veth: a pair that is made for the bench");
}

struct json_object *device_json(const struct device *d)
{
	struct json_object *o = json_object_new_object();
	char driver[32];

	json_add_string(o, "kind", d->ops->name);
	json_add_string(o, "driver", nic_driver(d, driver, sizeof(driver)));
	json_add_string(o, "netdev", d->rx);
	json_add_string(o, "peer", *d->tx ? d->tx : "another machine");
	json_object_object_add(o, "mlx5sim_port",
			       d->port < 0 ? NULL : json_object_new_int(d->port));
	json_object_object_add(o, "striding_rq",
			       d->striding < 0 ? NULL : json_object_new_boolean(d->striding));
	return o;
}
