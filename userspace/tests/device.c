// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/util.h"
#include "driver/driver.h"
#include "driver/nic.h"
#include "unit.h"

static char why[256];

/* A netdev of a /sys of the test's own, on this PCI function */
static void netdev(const char *root, const char *name, const char *slot)
{
	char *file = xasprintf("%s/sys/class/net/%s/ifindex", root, name);
	char *target = xasprintf("../../../pci0000:40/%s", slot);
	char *link = xasprintf("%s/%s/sys/class/net/%s/device", unit_folder(), root, name);

	unit_write(file, "1\n");
	CHECK(!symlink(target, link));
	free(file);
	free(target);
	free(link);
}

static void sim(const char *root)
{
	char *path = xasprintf("%s/sys/module/mlx5sim/initstate", root);
	int port;

	unit_write(path, "live\n");
	free(path);
	for (port = 0; port < 2; port++) {
		path = xasprintf("%s/sys/kernel/debug/mlx5sim/port%d/gen/run", root, port);
		unit_write(path, "");
		free(path);
	}
}

static int choose(const char *asked, const char *root, struct device *d)
{
	char *path = xasprintf("%s/%s", unit_folder(), root);
	int ret = device_choose(asked, path, d, why, sizeof(why));

	free(path);
	return ret;
}

static void by_default(void)
{
	struct device d;

	unit_write("none/sys/class/net/lo/ifindex", "1\n");
	CHECK_INT(choose(NULL, "none", &d), 0);
	CHECK_STR(d.ops->name, "veth");
	CHECK_INT(choose("veth", "none", &d), 0);
	CHECK_INT(choose("mlx5", "none", &d), -ENODEV);
	CHECK_HAS(why, "not loaded");

	sim("two");
	netdev("two", "unit7", "0000:40:00.1");
	netdev("two", "unit8", "0000:40:00.0");
	netdev("two", "unit9", "0000:03:00.0");
	CHECK_INT(choose(NULL, "two", &d), 0);
	CHECK_STR(d.ops->name, "mlx5");
	CHECK_STR(d.rx, "unit7");
	CHECK_STR(d.tx, "unit8");
	CHECK_INT(d.port, 1);
	CHECK_INT(choose("veth", "two", &d), 0);
	CHECK_STR(d.ops->name, "veth");
}

/* The one that is named receives */
static void by_name(void)
{
	struct device d;

	sim("named");
	netdev("named", "unit0", "5150:40:00.0");
	netdev("named", "unit1", "5150:40:00.1");
	netdev("named", "other", "0000:03:00.0");
	CHECK_INT(choose("unit0", "named", &d), 0);
	CHECK_STR(d.rx, "unit0");
	CHECK_STR(d.tx, "unit1");
	CHECK_INT(d.port, 0);

	CHECK_INT(choose("absent", "named", &d), -ENODEV);
	CHECK_HAS(why, "absent");
	CHECK_INT(choose("", "named", &d), -ENODEV);
	CHECK_INT(choose("../net/unit0", "named", &d), -ENODEV);
	CHECK_INT(choose("a_name_that_is_too_long", "named", &d), -ENODEV);
}

static void cannot_be_used(void)
{
	struct device d;

	sim("half");
	netdev("half", "unit1", "0000:40:00.1");
	CHECK_INT(choose("unit1", "half", &d), -ENODEV);
	CHECK_HAS(why, "ports 1 and 0");
	/* the default falls back, an order does not */
	CHECK_INT(choose(NULL, "half", &d), 0);
	CHECK_STR(d.ops->name, "veth");
}

/* One that mlx5sim has not made gets its traffic from another machine */
static void nic(void)
{
	struct device d;

	if (geteuid()) {
		netdev("user", "other", "0000:03:00.0");
		CHECK_INT(choose("other", "user", &d), -EPERM);
		CHECK_HAS(why, "root");
		return;
	}
	sim("nic");
	netdev("nic", "unit1", "0000:40:00.1");
	netdev("nic", "other", "0000:03:00.0");
	unit_write("nic/sys/class/net/other/type", "1\n");
	CHECK_INT(choose("other", "nic", &d), 0);
	CHECK_STR(d.ops->name, "nic");
	CHECK(d.ops->remote);
	CHECK_STR(d.rx, "other");
	CHECK_STR(d.tx, "");
	CHECK_INT(choose("nic:unit1", "nic", &d), 0);
	CHECK_STR(d.ops->name, "nic");
	CHECK_INT(choose("nic:absent", "nic", &d), -ENODEV);
	CHECK_INT(choose("nic:", "nic", &d), -ENODEV);

	unit_write("nic/sys/class/net/tunnel/type", "768\n");
	CHECK_INT(choose("tunnel", "nic", &d), -EOPNOTSUPP);
	CHECK_HAS(why, "no Ethernet");

	/* a name is no pattern */
	netdev("nic", "nic[0]", "0000:03:00.1");
	CHECK_INT(choose("nic[0]", "nic", &d), 0);
	CHECK_STR(d.rx, "nic[0]");
	CHECK_INT(choose("nic?", "nic", &d), -ENODEV);
}

/* Receive queues: how many there would be */
static void channels(void)
{
	struct nic n = { .has_channels = true, .channels = { .combined = 8 } };
	struct nic_channels one;

	CHECK(nic_one_channel(&n, &one));
	CHECK_INT(one.combined, 1);
	CHECK_INT(one.rx, 0);
	n.channels = (struct nic_channels){ .rx = 4, .tx = 2 };
	CHECK(nic_one_channel(&n, &one));
	CHECK_INT(one.rx, 1);
	CHECK_INT(one.tx, 2);
	n.channels = (struct nic_channels){ .combined = 1 };
	CHECK(!nic_one_channel(&n, &one));
	n.has_channels = false;
	n.channels = (struct nic_channels){ 0 };
	CHECK(!nic_one_channel(&n, &one));
}

/* A driver that has no file of its own has the names that most have */
static void nic_drivers(void)
{
	const struct nic_driver *d = nic_driver_of("e1000e");
	size_t i;

	CHECK(d == &nic_other && !d->whole && !d->received && d->dropped && d->missed);
	CHECK(nic_driver_of("virtio_net") == &nic_virtio);
	CHECK(nic_driver_of("mlx5_core") == &nic_mlx5);
	for (i = 0; i + 1 < NIC_DRIVERS; i++) {
		CHECK(all_nic_drivers[i]->driver);
		CHECK(all_nic_drivers[i]->dropped);
		CHECK(nic_driver_of(all_nic_drivers[i]->driver) == all_nic_drivers[i]);
	}
	CHECK(!all_nic_drivers[i]->driver);
}

const struct unit device_units[] = {
	{ "device: the default", by_default },
	{ "device: by name", by_name },
	{ "device: cannot be used", cannot_be_used },
	{ "device: a NIC", nic },
	{ "device: a NIC's channels", channels },
	{ "device: a NIC's driver", nic_drivers },
	{ NULL }
};
