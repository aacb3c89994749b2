// SPDX-License-Identifier: GPL-2.0-only
/* The mlx5 driver over mlx5sim: its two netdevs as a test's network, frames, counters */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/ethtool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "sim.h"

#define SIM_ROOT	"/sys/kernel/debug/mlx5sim"
#define WAIT_MS		10000
#define BURST		60
#define PART		256

static const char *const end_name[2] = { "hc0a", "hc0b" };

/* mlx5sim's bus is 40, in a PCI domain of its own where there are domains */
static bool find_netdev(int port, char name[16])
{
	DIR *dir = opendir("/sys/class/net");
	char path[320], target[256];
	struct dirent *e;
	bool found = false;

	while (dir && !found && (e = readdir(dir))) {
		const char *slot;
		int have = -1;
		ssize_t n;

		snprintf(path, sizeof(path), "/sys/class/net/%s/device", e->d_name);
		n = readlink(path, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		slot = strrchr(target, '/');
		if (!slot || (sscanf(slot, "/0000:40:00.%d", &have) != 1 &&
			      sscanf(slot, "/5150:40:00.%d", &have) != 1))
			continue;
		found = have == port;
		snprintf(name, 16, "%.15s", e->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

void sim_need(void)
{
	char name[16];

	hc_need_patches();
	hc_need_module("mlx5sim");
	if (!find_netdev(0, name) || !find_netdev(1, name))
		ksft_exit_skip("mlx5 has no netdevs of mlx5sim's ports 0 and 1\n");
}

static int get_flags(int ns, const char *dev, uint32_t *flags)
{
	struct ethtool_value v = { .cmd = ETHTOOL_GPFLAGS };
	int ret = hc_ethtool(ns, dev, &v);

	*flags = v.data;
	return ret;
}

static int set_flags(int ns, const char *dev, uint32_t flags)
{
	struct ethtool_value v = { .cmd = ETHTOOL_SPFLAGS, .data = flags };

	return hc_ethtool(ns, dev, &v);
}

int sim_flag(struct sim_net *s, const char *name, bool on)
{
	return hc_private_flag(s->net.b, "hc0b", name, on);
}

int sim_up(struct sim_net *s)
{
	memset(s, 0, sizeof(*s));
	if (!find_netdev(0, s->name[0]) || !find_netdev(1, s->name[1]))
		return -1;
	return hc_namespaces(&s->net) ?: hc_borrow(&s->net, s->name[0], s->name[1]) ?:
	       get_flags(s->net.a, end_name[0], &s->flags[0]) ?:
	       get_flags(s->net.b, end_name[1], &s->flags[1]);
}

static void restore_flags(struct sim_net *s, int port, int ns)
{
	uint32_t flags;

	if (hc_ifindex(ns, end_name[port]) && !get_flags(ns, end_name[port], &flags) &&
	    flags != s->flags[port])
		set_flags(ns, end_name[port], s->flags[port]);
}

void sim_down(struct sim_net *s)
{
	restore_flags(s, 0, s->net.a);
	restore_flags(s, 1, s->net.b);
	hc_give_back(&s->net, s->name[0], s->name[1]);
	hc_net_down(&s->net);
}

static bool is_name(const char *have, const void *name)
{
	return !strcmp(have, name);
}

uint64_t sim_counter(const struct sim_net *s, const char *dev, const char *name)
{
	return hc_counters(strcmp(dev, "hc0a") ? s->net.b : s->net.a, dev, is_name, name);
}

static bool has_come(const char *have, const void *arg)
{
	/* the last ones: of a kernel with AF_XDP only */
	static const char *const name[] = {
		"rx_packets", "rx_xdp_drop", "rx_xdp_redirect", "rx_xdp_tx_xmit",
		"rx_xsk_packets", "rx_xsk_xdp_drop", "rx_xsk_xdp_redirect",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(name); i++)
		if (!strcmp(have, name[i]))
			return true;
	return false;
}

uint64_t sim_received(const struct sim_net *s)
{
	return hc_counters(s->net.b, "hc0b", has_come, NULL);
}

int sim_port_write(int port, const char *file, const void *buf, size_t len)
{
	char path[128];
	int fd, ret = 0;

	snprintf(path, sizeof(path), SIM_ROOT "/port%d/%s", port, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, buf, len) != (ssize_t)len)
		ret = -errno;
	if (fd >= 0)
		close(fd);
	return ret;
}

int sim_write(const char *file, const void *buf, size_t len)
{
	return sim_port_write(SIM_PORT, file, buf, len);
}

int sim_set(const char *file, uint64_t value)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%" PRIu64, value);

	return sim_write(file, text, n);
}

void sim_lines(int port, const char *file, void (*line)(const char *text, void *arg), void *arg)
{
	char path[128], text[256];
	FILE *f;

	snprintf(path, sizeof(path), SIM_ROOT "/port%d/%s", port, file);
	f = fopen(path, "re");
	while (f && fgets(text, sizeof(text), f))
		line(text, arg);
	if (f)
		fclose(f);
}

struct wanted {
	const char *name;
	uint64_t value;
	bool striding;
};

static void match_number(const char *text, void *arg)
{
	struct wanted *w = arg;
	size_t len = strlen(w->name);

	if (!strncmp(text, w->name, len) && text[len] == ' ')
		w->value = strtoull(text + len, NULL, 10);
}

uint64_t sim_number(int port, const char *file, const char *name)
{
	struct wanted w = { .name = name, .value = UINT64_MAX };

	sim_lines(port, file, match_number, &w);
	return w.value;
}

static void add_queue(const char *text, void *arg)
{
	struct wanted *w = arg;
	uint64_t packets;
	int striding;

	if (sscanf(text, "rq 0x%*x cq 0x%*x state %*u striding %d packets %" SCNu64, &striding,
		   &packets) == 2 && striding == w->striding)
		w->value += packets;
}

uint64_t sim_taken(bool striding)
{
	struct wanted w = { .striding = striding };

	sim_lines(SIM_PORT, "queues", add_queue, &w);
	return w.value;
}

int sim_await(const struct sim_net *s, uint64_t received)
{
	struct timespec step = { .tv_nsec = 1000000 };
	int tries = WAIT_MS;

	while (sim_received(s) < received) {
		if (!tries--) {
			ksft_print_msg("the driver has received %llu frames, not %llu\n",
				       (unsigned long long)sim_received(s),
				       (unsigned long long)received);
			return -1;
		}
		nanosleep(&step, NULL);
	}
	return 0;
}

/*
 * What a driver sends on does not wait for its queue. On one CPU it is done with a burst
 * before the next; on several, no more are under way than that queue holds.
 */
static unsigned int part_of(unsigned int left)
{
	return sysconf(_SC_NPROCESSORS_ONLN) > 1 && left > PART ? PART : left;
}

int sim_frames(const struct sim_net *s, const void *frame, size_t len, unsigned int n)
{
	uint64_t received = sim_received(s);
	int ret;

	ret = sim_write("gen/template", frame, len) ?: sim_set("gen/flows", 1) ?:
	      sim_set("gen/burst", BURST) ?: sim_set("gen/rate", 0);
	while (n && !ret) {
		unsigned int part = part_of(n);

		ret = sim_set("gen/run", part);
		received += part;
		n -= part;
		if (!ret && sim_await(s, received))
			return -1;
	}
	if (ret)
		ksft_print_msg("cannot have mlx5sim make frames: %s\n", strerror(-ret));
	return ret ? -1 : 0;
}

static uint64_t nic_counter(const void *nic, const char *name)
{
	return sim_counter(nic, "hc0b", name);
}

static uint64_t nic_received(const void *nic)
{
	return sim_received(nic);
}

/* mlx5sim counts what arrives, whatever becomes of it */
static uint64_t nic_returned(const void *nic)
{
	return sim_number(!SIM_PORT, "counters", "rx_frames");
}

static int nic_frames(const void *nic, const void *frame, size_t len, unsigned int n)
{
	return sim_frames(nic, frame, len, n);
}

static int nic_start(void *nic, const void *frame, size_t len)
{
	struct sim_net *s = nic;

	s->begun = sim_received(s);
	return sim_write("gen/template", frame, len) ?: sim_set("gen/rate", 0) ?:
	       sim_set("gen/start", 0);
}

static int nic_stop(void *nic, uint64_t *sent)
{
	struct sim_net *s = nic;
	int ret = sim_set("gen/stop", 1);

	*sent = sim_number(SIM_PORT, "gen/status", "sent");
	return ret ?: sim_await(s, s->begun + *sent);
}

const struct nic_ops sim_nic = {
	.dropped = "rx_xdp_drop",
	.bounced = "rx_xdp_tx_xmit",
	.redirected = "rx_xdp_redirect",
	.passed = "rx_packets",
	.counter = nic_counter,
	.received = nic_received,
	.returned = nic_returned,
	.frames = nic_frames,
	.start = nic_start,
	.stop = nic_stop,
};
