// SPDX-License-Identifier: GPL-2.0-only
/* Which device the benches run over */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "device.h"
#include "json.h"

static void choose_veth(struct device *d)
{
	memset(d, 0, sizeof(*d));
	d->ops = &device_veth;
	d->port = -1;
	d->striding = -1;
	snprintf(d->tx, sizeof(d->tx), "hc0");
	snprintf(d->rx, sizeof(d->rx), "hc1");
}

int device_choose(const char *asked, const char *root, struct device *d, char *why, size_t len)
{
	const char *name = asked && strcmp(asked, device_mlx5.name) ? asked : NULL;
	int ret;

	choose_veth(d);
	if (asked && !strcmp(asked, device_veth.name))
		return 0;
	ret = device_mlx5_find(name, root, d, why, len);
	if (!ret)
		return 0;
	choose_veth(d);
	return asked ? ret : 0;
}

void device_text(const struct device *d, char *text, size_t len)
{
	static const char *const queue[] = {
		"", ", with a cyclic receive queue", ", with a striding receive queue",
	};

	if (d->ops == &device_mlx5)
		snprintf(text, len,
			 "mlx5: %s, driven by mlx5_core, port %d of the software ConnectX mlx5sim%s; its peer is %s",
			 d->rx, d->port, queue[d->striding + 1], d->tx);
	else
		snprintf(text, len, "veth: a pair that is made for the bench");
}

struct json_object *device_json(const struct device *d)
{
	struct json_object *o = json_object_new_object();

	json_add_string(o, "kind", d->ops->name);
	json_add_string(o, "driver", d->ops->driver);
	json_add_string(o, "netdev", d->rx);
	json_add_string(o, "peer", d->tx);
	json_object_object_add(o, "mlx5sim_port",
			       d->port < 0 ? NULL : json_object_new_int(d->port));
	json_object_object_add(o, "striding_rq",
			       d->striding < 0 ? NULL : json_object_new_boolean(d->striding));
	return o;
}
