// SPDX-License-Identifier: GPL-2.0-only
/* The data path's tests: how the netdevs are taken and set up */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <linux/ethtool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest.h"
#include "simdata.h"

#define SIM_ROOT	"/sys/kernel/debug/mlx5sim"
#define VM_SCALE	8

struct sim_net sim;
static pid_t owner;

static void need(void)
{
	glob_t found;

	hc_need_root();
	hc_need_module("mlx5sim");
	if (glob("/sys/bus/pci/devices/*:40:00.1/net/*", 0, NULL, &found))
		ksft_exit_skip("mlx5 has no netdevs of mlx5sim's ports 0 and 1\n");
	globfree(&found);
	if (access(SIM_ROOT "/port1", F_OK))
		ksft_exit_skip("no " SIM_ROOT ": debugfs is not mounted\n");
}

/* The harness ends the program itself */
static void give_back(void)
{
	if (getpid() != owner)
		return;
	data_wire_reset();
	sim_down(&sim);
}

void data_begin(void)
{
	need();
	owner = getpid();
	atexit(give_back);
	if (sim_up(&sim) || data_wire_reset())
		ksft_exit_fail_msg("cannot set up mlx5sim's netdevs\n");
}

unsigned int data_some(unsigned int n)
{
	const char *scale = getenv("HOOKCOST_SCALE"), *target = getenv("HOOKCOST_TARGET");
	unsigned int parts = 1;

	if (scale)
		parts = strtoul(scale, NULL, 10);
	else if (target && !strcmp(target, "vm"))
		parts = VM_SCALE;
	return parts ? n / parts : n;
}

int data_netns(const char *dev)
{
	return strcmp(dev, "hc0a") ? sim.net.b : sim.net.a;
}

int data_ethtool(const char *dev, void *command)
{
	return hc_ethtool(data_netns(dev), dev, command);
}

static int failed(const char *dev, const char *what)
{
	ksft_print_msg("%s: %s: %s\n", dev, what, strerror(errno));
	return -1;
}

int data_flag(const char *dev, const char *name, bool on)
{
	return hc_private_flag(data_netns(dev), dev, name, on);
}

/* Compression first off: with it the driver refuses some changes */
int data_mode_of(const char *dev, bool striding, bool compressed)
{
	return (compressed ? 0 : data_flag(dev, "rx_cqe_compress", false)) ?:
	       data_flag(dev, "rx_striding_rq", striding) ?:
	       data_flag(dev, "rx_cqe_compress", compressed);
}

int data_mode(bool striding, bool compressed)
{
	return data_mode_of("hc0b", striding, compressed);
}

int data_eth_flag(const char *dev, uint32_t flag, bool on)
{
	struct ethtool_value v = { .cmd = ETHTOOL_GFLAGS };

	if (data_ethtool(dev, &v))
		return failed(dev, "ETHTOOL_GFLAGS");
	v.cmd = ETHTOOL_SFLAGS;
	v.data = on ? v.data | flag : v.data & ~flag;
	return data_ethtool(dev, &v) ? failed(dev, "ETHTOOL_SFLAGS") : 0;
}

int data_eth_value(const char *dev, uint32_t command, uint32_t value)
{
	struct ethtool_value v = { .cmd = command, .data = value };

	return data_ethtool(dev, &v) ? failed(dev, "ethtool") : 0;
}

static bool has_ipv6(const char *dev)
{
	char path[64], off = '1';
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6", dev);
	hc_enter(data_netns(dev));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, &off, 1) != 1)
		off = '1';
	hc_enter(sim.net.home);
	if (fd >= 0)
		close(fd);
	return off == '0';
}

int data_ipv6(bool on)
{
	if (has_ipv6("hc0a") == on && has_ipv6("hc0b") == on)
		return 0;
	/* off first: half of it may be on */
	return hc_shell(sim.net.a, "echo 1 >/proc/sys/net/ipv6/conf/hc0a/disable_ipv6") ?:
	       hc_shell(sim.net.b, "echo 1 >/proc/sys/net/ipv6/conf/hc0b/disable_ipv6") ?:
	       (on ? hc_net_ipv6(&sim.net) : 0);
}

int data_mtu(unsigned int mtu)
{
	return hc_shell(sim.net.a, "ip link set dev hc0a mtu %u", mtu) ?:
	       hc_shell(sim.net.b, "ip link set dev hc0b mtu %u", mtu);
}

int data_set(int port, const char *file, int64_t value)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%" PRId64, value);

	return sim_port_write(port, file, text, n);
}

int64_t data_get(int port, const char *file)
{
	char path[128];
	int64_t value = -1;
	FILE *f;

	snprintf(path, sizeof(path), SIM_ROOT "/port%d/%s", port, file);
	f = fopen(path, "re");
	if (f && fscanf(f, "%" SCNd64, &value) != 1)
		value = -1;
	if (f)
		fclose(f);
	return value;
}

int data_wire_reset(void)
{
	static const char *const files[] = { "drop_ppm", "dup_ppm", "corrupt_ppm", "delay_us" };
	size_t i;
	int port;

	for (port = 0; port < 2; port++)
		for (i = 0; i < ARRAY_SIZE(files); i++)
			if (data_set(port, files[i], 0)) {
				ksft_print_msg("cannot set %s of port %d\n", files[i], port);
				return -1;
			}
	return 0;
}
