// SPDX-License-Identifier: GPL-2.0-only
/* mlx5 over mlx5sim: hardware time stamps follow the device's clock, and XDP sees them too */
#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/errqueue.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <math.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "kselftest_harness.h"
#include "simflow.h"
#include "simmeta.h"

#define PACKETS		200
#define FRAMES		2000
#define FRAME_TYPE	0x88b5
#define STEP		1000000000LL	/* ns; the driver's arithmetic ends at 8.6 s */
#define ROUNDING	10000		/* of the driver's conversion, in such a step */
#define TAG		100
#define GBPS		100		/* of the link, at first */
#define WIRE_OVERHEAD	24		/* bytes: FCS, preamble, gap */

FIXTURE(mlx5sim_stamp) {
	struct flow_grams flow;
	struct simmeta meta;
};

FIXTURE_VARIANT(mlx5sim_stamp) {
	bool striding;
};

FIXTURE_VARIANT_ADD(mlx5sim_stamp, cyclic) {
	.striding = false,
};

FIXTURE_VARIANT_ADD(mlx5sim_stamp, striding) {
	.striding = true,
};

static int set_stamps(const char *dev, int tx_type, int rx_filter)
{
	struct hwtstamp_config config = { .tx_type = tx_type, .rx_filter = rx_filter };
	struct ifreq ifr = { .ifr_data = (void *)&config };
	int sock, ret;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	hc_enter(data_netns(dev));
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret = ioctl(sock, SIOCSHWTSTAMP, &ifr);
	close(sock);
	hc_enter(sim.net.home);
	return ret;
}

static int ask_for_stamps(int sock, int flags)
{
	flags |= SOF_TIMESTAMPING_RAW_HARDWARE;
	return setsockopt(sock, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags));
}

FIXTURE_SETUP(mlx5sim_stamp)
{
	memset(self, 0, sizeof(*self));
	ASSERT_EQ(0, data_mode(variant->striding, false));
	ASSERT_EQ(0, set_stamps("hc0a", HWTSTAMP_TX_ON, HWTSTAMP_FILTER_ALL));
	ASSERT_EQ(0, set_stamps("hc0b", HWTSTAMP_TX_ON, HWTSTAMP_FILTER_ALL));
	ASSERT_EQ(0, flow_grams_open(&self->flow, FLOW_B4));
	ASSERT_EQ(0, ask_for_stamps(self->flow.rx, SOF_TIMESTAMPING_RX_HARDWARE));
}

/*
 * The driver counts on from where the clock was last read, and takes a step back for
 * the counter's wrap: reading it again has that over before the next test.
 */
static void read_clock(const char *dev)
{
	struct ethtool_ts_info info = { .cmd = ETHTOOL_GET_TS_INFO, .phc_index = -1 };
	struct timespec t;
	char path[32];
	int fd;

	data_ethtool(dev, &info);
	snprintf(path, sizeof(path), "/dev/ptp%d", info.phc_index);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || clock_gettime(~(clockid_t)fd << 3 | 3, &t))
		ksft_print_msg("%s: cannot read %s\n", dev, path);
	if (fd >= 0)
		close(fd);
}

FIXTURE_TEARDOWN(mlx5sim_stamp)
{
	simmeta_detach(&self->meta);
	flow_grams_close(&self->flow);
	data_set(DATA_PORT_B, "gen/stop", 1);
	EXPECT_EQ(0, data_set(DATA_PORT_B, "clock_frozen", 0));
	EXPECT_EQ(0, data_set(DATA_PORT_B, "clock_offset", 0));
	read_clock("hc0b");
	EXPECT_EQ(0, set_stamps("hc0a", HWTSTAMP_TX_OFF, HWTSTAMP_FILTER_NONE));
	EXPECT_EQ(0, set_stamps("hc0b", HWTSTAMP_TX_OFF, HWTSTAMP_FILTER_NONE));
}

static int64_t ns_of(const struct timespec *t)
{
	return t->tv_sec * 1000000000LL + t->tv_nsec;
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return ns_of(&t);
}

/* The hardware's stamp of the next packet, or of the next that was sent; 0: it has none */
static int64_t next_stamp(int sock, int flags)
{
	char data[2048], control[512];
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct scm_timestamping stamps;
	struct cmsghdr *c;

	if (!DATA_AWAIT(recvmsg(sock, &msg, flags | MSG_DONTWAIT) >= 0))
		return -1;
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPING) {
			memcpy(&stamps, CMSG_DATA(c), sizeof(stamps));
			return ns_of((struct timespec *)&stamps.ts[2]);
		}
	return 0;
}

static int64_t send_one(struct __test_metadata *_metadata, struct _test_data_mlx5sim_stamp *self)
{
	int64_t stamp;

	EXPECT_EQ(1, send(self->flow.tx, "x", 1, 0));
	stamp = next_stamp(self->flow.rx, 0);
	EXPECT_LT(0, stamp);
	return stamp;
}

/* Each packet has one, and they never go back; nor does the clock run faster than time */
TEST_F(mlx5sim_stamp, receive)
{
	int64_t begin = now(), first = send_one(_metadata, self), last = first, stamp;
	int i;

	for (i = 0; i < PACKETS; i++) {
		stamp = send_one(_metadata, self);
		EXPECT_LT(last, stamp);
		last = stamp;
	}
	EXPECT_GE(now() - begin + ROUNDING, last - first);
}

TEST_F(mlx5sim_stamp, transmit)
{
	int64_t last = 0, stamp;
	int i;

	ASSERT_EQ(0, ask_for_stamps(self->flow.tx, SOF_TIMESTAMPING_TX_HARDWARE));
	for (i = 0; i < PACKETS; i++) {
		send_one(_metadata, self);
		stamp = next_stamp(self->flow.tx, MSG_ERRQUEUE);
		EXPECT_LT(last, stamp);
		last = stamp;
	}
}

TEST_F(mlx5sim_stamp, none_unless_asked)
{
	ASSERT_EQ(0, set_stamps("hc0b", HWTSTAMP_TX_OFF, HWTSTAMP_FILTER_NONE));
	ASSERT_EQ(1, send(self->flow.tx, "x", 1, 0));
	EXPECT_EQ(0, next_stamp(self->flow.rx, 0));
}

/* Forward and back, by as much as the clock has been set */
TEST_F(mlx5sim_stamp, steps)
{
	static const int64_t offsets[] = { STEP, 3 * STEP, 0 };
	int64_t begin = now(), last = send_one(_metadata, self), stamp, was = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		ASSERT_EQ(0, data_set(DATA_PORT_B, "clock_offset", offsets[i]));
		stamp = send_one(_metadata, self);
		EXPECT_LE(offsets[i] - was - ROUNDING, stamp - last);
		EXPECT_GE(offsets[i] - was + ROUNDING + now() - begin, stamp - last);
		last = stamp;
		was = offsets[i];
	}
}

/* Nothing but the time that frames take on the wire: 10 ns for the shortest */
TEST_F(mlx5sim_stamp, frozen)
{
	int64_t last, stamp, clock = data_get(DATA_PORT_B, "clock");
	int i;

	ASSERT_LT(0, clock);
	ASSERT_EQ(0, data_set(DATA_PORT_B, "clock_frozen", clock));
	EXPECT_EQ(clock, data_get(DATA_PORT_B, "clock"));
	last = send_one(_metadata, self);
	for (i = 0; i < PACKETS; i++) {
		stamp = send_one(_metadata, self);
		EXPECT_LT(last, stamp);
		EXPECT_GE(last + 10, stamp);
		last = stamp;
	}
}

/* As an XDP program that is bound to the device sees it */
TEST_F_TIMEOUT(mlx5sim_stamp, xdp, DATA_TIMEOUT)
{
	unsigned int n = data_some(FRAMES), i;
	const struct meta *m;
	uint8_t frame[60];

	ASSERT_EQ(0, simmeta_attach(&self->meta));
	hc_frame(&sim.net, frame, sizeof(frame), FRAME_TYPE, 0);
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "gen/template", frame, sizeof(frame)));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/flows", 1));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/rate", 0));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", n));
	ASSERT_TRUE(DATA_AWAIT(self->meta.prog->bss->runs >= n));
	EXPECT_EQ(n, self->meta.prog->bss->runs);
	m = self->meta.prog->bss->frames;
	for (i = 0; i < n; i++) {
		EXPECT_EQ(0, m[i].stamp_error);
		EXPECT_LT(i ? m[i - 1].stamp : 0, m[i].stamp);
	}
	/* the driver has none to give */
	ASSERT_EQ(0, set_stamps("hc0b", HWTSTAMP_TX_OFF, HWTSTAMP_FILTER_NONE));
	simmeta_reset(&self->meta);
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", 1));
	ASSERT_TRUE(DATA_AWAIT(self->meta.prog->bss->runs == 1));
	EXPECT_EQ(-ENODATA, m[0].stamp_error);
}

/*
 * With the clock frozen, all that the stamps of frames differ by is their time on the wire, and
 * that is exact: a link's bits, with preamble, FCS and gap, whatever of a ns is left over
 */
TEST_F_TIMEOUT(mlx5sim_stamp, wire_time, DATA_TIMEOUT)
{
	static const unsigned int lens[] = { 14, 60, 61, 512, 1514 };
	unsigned int n = data_some(FRAMES), i;
	const struct meta *m;
	uint8_t frame[1514];
	int64_t clock;

	ASSERT_EQ(0, simmeta_attach(&self->meta));
	m = self->meta.prog->bss->frames;
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/flows", 1));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/rate", 0));
	clock = data_get(DATA_PORT_B, "clock");
	ASSERT_LT(0, clock);
	ASSERT_EQ(0, data_set(DATA_PORT_B, "clock_frozen", clock));
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		/* shorter ones are padded */
		double bytes = (lens[i] < 60 ? 60 : lens[i]) + WIRE_OVERHEAD;
		double want = bytes * 8 / GBPS * (n - 1), have;

		memset(frame, 0, sizeof(frame));
		hc_frame(&sim.net, frame, lens[i], FRAME_TYPE, 0);
		ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "gen/template", frame, lens[i]));
		simmeta_reset(&self->meta);
		ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", n));
		ASSERT_TRUE(DATA_AWAIT(self->meta.prog->bss->runs >= n));
		have = m[n - 1].stamp - m[0].stamp;
		EXPECT_GE(want / 1000 + 2, fabs(have - want)) {
			TH_LOG("%u frames of %u bytes: %.0f ns, not %.2f", n, lens[i], have, want);
		}
	}
}

/* A tag that the device has stripped is told beside the frame */
TEST_F(mlx5sim_stamp, xdp_vlan)
{
	const struct meta *m;
	uint8_t frame[64];
	int prio, sent = 0;

	ASSERT_EQ(0, hc_shell(sim.net.b,
			      "ip link add link hc0b name vlan type vlan id %d && ip link set vlan up",
			      TAG));
	ASSERT_EQ(0, simmeta_attach(&self->meta));
	m = self->meta.prog->bss->frames;
	hc_frame(&sim.net, frame, sizeof(frame), ETH_P_8021Q, 0);
	for (prio = 0; prio < 8; prio++) {
		frame[14] = prio << 5;
		frame[15] = TAG;
		EXPECT_EQ(0, sim_port_write(DATA_PORT_B, "inject", frame, sizeof(frame)));
		ASSERT_TRUE(DATA_AWAIT(self->meta.prog->bss->runs > sent));
		EXPECT_EQ(0, m[sent].vlan_error);
		EXPECT_EQ(ETH_P_8021Q, m[sent].vlan_protocol);
		EXPECT_EQ(prio << 13 | TAG, m[sent].vlan_tci);
		sent++;
	}
	hc_frame(&sim.net, frame, sizeof(frame), FRAME_TYPE, 0);
	EXPECT_EQ(0, sim_port_write(DATA_PORT_B, "inject", frame, sizeof(frame)));
	ASSERT_TRUE(DATA_AWAIT(self->meta.prog->bss->runs > sent));
	EXPECT_EQ(-ENODATA, m[sent].vlan_error);
	EXPECT_EQ(0, hc_shell(sim.net.b, "ip link del vlan"));
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
