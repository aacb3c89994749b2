// SPDX-License-Identifier: GPL-2.0-only
/* Two virtio NICs as a test's network: which they are, frames, counters */
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/virtio_net.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "virtio.h"

#define WAIT_MS		10000
#define BURST		32	/* a queue holds 256 */

struct nic {
	char name[16];
	bool mergeable;
};

/* A bit of what driver and device have agreed on, in sysfs as a row of digits */
static bool has_feature(const char *name, unsigned int bit)
{
	char path[320], digits[65] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/net/%s/device/features", name);
	f = fopen(path, "re");
	if (f && !fgets(digits, sizeof(digits), f))
		digits[0] = '\0';
	if (f)
		fclose(f);
	return strlen(digits) > bit && digits[bit] == '1';
}

/*
 * Whose driver is virtio_net and which nobody uses: a guest may be reached through another
 * such NIC. At most two; returns how many there are.
 */
static unsigned int find_nics(struct nic nic[2])
{
	unsigned int n = 0;
	glob_t found;
	size_t i;

	if (glob("/sys/bus/virtio/drivers/virtio_net/virtio*/net/*", 0, NULL, &found))
		return 0;
	for (i = 0; i < found.gl_pathc; i++) {
		const char *name = strrchr(found.gl_pathv[i], '/') + 1;
		char path[320];
		unsigned int flags = 1;
		FILE *f;

		snprintf(path, sizeof(path), "/sys/class/net/%s/flags", name);
		f = fopen(path, "re");
		if (!f || fscanf(f, "%x", &flags) != 1)
			flags = 1;
		if (f)
			fclose(f);
		if (flags & 1)	/* IFF_UP */
			continue;
		if (n < 2) {
			snprintf(nic[n].name, sizeof(nic[n].name), "%.15s", name);
			nic[n].mergeable = has_feature(name, VIRTIO_NET_F_MRG_RXBUF);
		}
		n++;
	}
	globfree(&found);
	return n;
}

void virtio_need(void)
{
	struct nic nic[2];

	hc_need_patches();
	/* of three, who knows which ones are connected? */
	if (find_nics(nic) != 2)
		ksft_exit_skip("there are no two virtio NICs that are down and connected\n");
}

int virtio_up(struct virtio_net *v, bool mergeable)
{
	struct nic nic[2];
	int b;

	memset(v, 0, sizeof(*v));
	v->tx = -1;
	if (find_nics(nic) != 2) {
		ksft_print_msg("the virtio NICs are gone\n");
		return -1;
	}
	b = nic[1].mergeable == mergeable;
	if (nic[b].mergeable != mergeable)
		return 1;
	snprintf(v->name[0], sizeof(v->name[0]), "%s", nic[!b].name);
	snprintf(v->name[1], sizeof(v->name[1]), "%s", nic[b].name);
	if (hc_namespaces(&v->net) || hc_borrow(&v->net, v->name[0], v->name[1]))
		return -1;
	v->tx = hc_packet_socket(v->net.a, "hc0a", ETH_P_LOOPBACK);
	return v->tx < 0 ? -1 : 0;
}

void virtio_down(struct virtio_net *v)
{
	if (!v->net.home)
		return;
	if (v->tx >= 0)
		close(v->tx);
	hc_give_back(&v->net, v->name[0], v->name[1]);
	hc_net_down(&v->net);
}

uint64_t virtio_received(const struct virtio_net *v, const char *dev)
{
	int ns = strcmp(dev, "hc0a") ? v->net.b : v->net.a, home = hc_this_ns();
	uint64_t packets = UINT64_MAX;
	char line[512], have[32];
	FILE *f;

	hc_enter(ns);
	f = fopen("/proc/thread-self/net/dev", "re");
	hc_enter(home);
	close(home);
	while (f && fgets(line, sizeof(line), f)) {
		uint64_t value;

		if (sscanf(line, " %31[^:]: %*u %" SCNu64, have, &value) == 2 &&
		    !strcmp(have, dev))
			packets = value;
	}
	if (f)
		fclose(f);
	return packets;
}

uint64_t virtio_counter(const struct virtio_net *v, const char *name)
{
	return hc_counter(v->net.b, "hc0b", name);
}

static int await(const struct virtio_net *v, uint64_t received)
{
	struct timespec step = { .tv_nsec = 100000 };
	int tries = WAIT_MS * 10;

	while (virtio_received(v, "hc0b") < received) {
		if (!tries--) {
			ksft_print_msg("hc0b has received %" PRIu64 " packets, not %" PRIu64 "\n",
				       virtio_received(v, "hc0b"), received);
			return -1;
		}
		nanosleep(&step, NULL);
	}
	return 0;
}

int virtio_frames(const struct virtio_net *v, const void *frame, size_t len, unsigned int n)
{
	uint64_t received = virtio_received(v, "hc0b");
	unsigned int i;

	for (i = 1; i <= n; i++) {
		if (send(v->tx, frame, len, 0) != (ssize_t)len) {
			ksft_print_msg("cannot send a frame: %s\n", strerror(errno));
			return -1;
		}
		if ((i % BURST == 0 || i == n) && await(v, received + i))
			return -1;
	}
	return 0;
}

static uint64_t nic_counter(const void *nic, const char *name)
{
	return virtio_counter(nic, name);
}

static uint64_t nic_received(const void *nic)
{
	return virtio_received(nic, "hc0b");
}

static uint64_t nic_returned(const void *nic)
{
	return virtio_received(nic, "hc0a");
}

static int nic_frames(const void *nic, const void *frame, size_t len, unsigned int n)
{
	return virtio_frames(nic, frame, len, n);
}

static void *send_always(void *nic)
{
	struct virtio_net *v = nic;

	while (!v->failed && !__atomic_load_n(&v->stop, __ATOMIC_RELAXED)) {
		v->failed = virtio_frames(v, v->frame, v->len, 10);
		v->sent += 10;
	}
	return NULL;
}

static int nic_start(void *nic, const void *frame, size_t len)
{
	struct virtio_net *v = nic;

	v->frame = frame;
	v->len = len;
	v->stop = false;
	v->sent = 0;
	v->failed = 0;
	return pthread_create(&v->sender, NULL, send_always, v) ? -1 : 0;
}

static int nic_stop(void *nic, uint64_t *sent)
{
	struct virtio_net *v = nic;

	__atomic_store_n(&v->stop, true, __ATOMIC_RELAXED);
	pthread_join(v->sender, NULL);
	*sent = v->sent;
	return v->failed;
}

const struct nic_ops virtio_nic = {
	.dropped = "xdp_drops",
	.bounced = "xdp_tx",
	.redirected = "xdp_redirects",
	.counter = nic_counter,
	.received = nic_received,
	.returned = nic_returned,
	.frames = nic_frames,
	.start = nic_start,
	.stop = nic_stop,
};
