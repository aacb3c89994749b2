// SPDX-License-Identifier: GPL-2.0-only
/* mlx5 over mlx5sim: AF_XDP sockets, with copies and without */
#include <inttypes.h>
#include <linux/bpf.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "mlx5sim.skel.h"
#include "simdata.h"
#include "xsk.h"

#define FRAMES_RX	100000
#define FRAMES_TX	20000
#define CHUNK_OF_FRAMES	1000	/* fewer than a ring has */
#define TX_BATCH	64
#define FRAME_TYPE	0x88b5
#define FRAME_MIN	60
#define FRAME_MAX	1514
#define QUIET_TRIES	500

struct end {
	const char *dev;
	struct xsk xsk;
	struct mlx5sim *prog;
	struct bpf_link *link;
};

FIXTURE(mlx5sim_xsk) {
	struct end a, b;
};

FIXTURE_VARIANT(mlx5sim_xsk) {
	bool striding, compressed, zero_copy;
	uint32_t chunk;
};

FIXTURE_VARIANT_ADD(mlx5sim_xsk, copy_cyclic) {
	.chunk = 2048,
};

FIXTURE_VARIANT_ADD(mlx5sim_xsk, copy_striding_compressed) {
	.striding = true,
	.compressed = true,
	.chunk = 4096,
};

FIXTURE_VARIANT_ADD(mlx5sim_xsk, zero_copy_cyclic) {
	.zero_copy = true,
	.chunk = 4096,
};

FIXTURE_VARIANT_ADD(mlx5sim_xsk, zero_copy_cyclic_compressed) {
	.compressed = true,
	.zero_copy = true,
	.chunk = 2048,
};

FIXTURE_VARIANT_ADD(mlx5sim_xsk, zero_copy_striding) {
	.striding = true,
	.zero_copy = true,
	.chunk = 4096,
};

/* Chunks of less than a page: the driver maps them by another kind of memory key */
FIXTURE_VARIANT_ADD(mlx5sim_xsk, zero_copy_striding_small) {
	.striding = true,
	.zero_copy = true,
	.chunk = 2048,
};

FIXTURE_VARIANT_ADD(mlx5sim_xsk, zero_copy_striding_compressed) {
	.striding = true,
	.compressed = true,
	.zero_copy = true,
	.chunk = 4096,
};

/* The program first: the driver has queues for sockets while it has one */
static void open_end(struct __test_metadata *_metadata, struct end *e, const char *dev,
		     const struct _fixture_variant_mlx5sim_xsk *variant)
{
	uint32_t key = 0, fd;

	e->dev = dev;
	ASSERT_EQ(0, data_mode_of(dev, variant->striding, variant->compressed));
	e->prog = mlx5sim__open_and_load();
	ASSERT_NE(NULL, e->prog);
	hc_enter(data_netns(dev));
	e->link = bpf_program__attach_xdp(e->prog->progs.to_socket,
					  hc_ifindex(data_netns(dev), dev));
	hc_enter(sim.net.home);
	ASSERT_NE(NULL, e->link);
	ASSERT_EQ(0, xsk_open(&e->xsk, dev, 0, variant->chunk, variant->zero_copy));
	ASSERT_EQ(variant->zero_copy, xsk_is_zero_copy(&e->xsk));
	fd = e->xsk.fd;
	ASSERT_EQ(0, bpf_map_update_elem(bpf_map__fd(e->prog->maps.sockets), &key, &fd, BPF_ANY));
}

static void close_end(struct end *e)
{
	xsk_close(&e->xsk);
	bpf_link__destroy(e->link);
	mlx5sim__destroy(e->prog);
}

FIXTURE_SETUP(mlx5sim_xsk)
{
	memset(self, 0, sizeof(*self));
	open_end(_metadata, &self->a, "hc0a", variant);
	open_end(_metadata, &self->b, "hc0b", variant);
}

FIXTURE_TEARDOWN(mlx5sim_xsk)
{
	data_set(DATA_PORT_B, "gen/stop", 1);
	close_end(&self->a);
	close_end(&self->b);
	EXPECT_EQ(0, data_mode_of("hc0a", true, false));
}

/* The next frame, waited for; NULL if none comes */
static uint8_t *next_frame(struct xsk *x, uint32_t *len)
{
	struct pollfd p = { .fd = x->fd, .events = POLLIN };
	uint8_t *frame = xsk_peek(x, len);
	int tries = QUIET_TRIES;

	while (!frame && tries--) {
		poll(&p, 1, 10);
		frame = xsk_peek(x, len);
	}
	return frame;
}

/* What the generator has sent comes, every byte of it, and no more */
TEST_F_TIMEOUT(mlx5sim_xsk, receive, DATA_TIMEOUT)
{
	unsigned int n = data_some(FRAMES_RX) / CHUNK_OF_FRAMES * CHUNK_OF_FRAMES, got, i;
	const char *counter = variant->zero_copy ? "rx_xsk_xdp_redirect" : "rx_xdp_redirect";
	uint64_t redirected = sim_counter(&sim, "hc0b", counter);
	uint8_t frame[FRAME_MIN], *have;
	uint32_t len;

	hc_frame(&sim.net, frame, sizeof(frame), FRAME_TYPE, 1);
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "gen/template", frame, sizeof(frame)));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/flows", 1));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/rate", 0));
	for (got = 0; got < n;) {
		ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", CHUNK_OF_FRAMES));
		for (i = 0; i < CHUNK_OF_FRAMES; i++) {
			have = next_frame(&self->b.xsk, &len);
			ASSERT_NE(NULL, have) {
				TH_LOG("frame %u is missing", got);
			}
			ASSERT_EQ(sizeof(frame), len);
			ASSERT_EQ(0, memcmp(frame, have, len));
			xsk_release(&self->b.xsk);
			got++;
		}
	}
	EXPECT_LT(0, n);
	EXPECT_EQ(NULL, xsk_peek(&self->b.xsk, &len));
	EXPECT_EQ(0, xsk_dropped(&self->b.xsk));
	EXPECT_EQ(n, self->b.prog->bss->runs);
	EXPECT_EQ(n, sim_counter(&sim, "hc0b", counter) - redirected);
}

/* The generator waits for a socket that is slow: nothing is lost, however long it sleeps */
TEST_F_TIMEOUT(mlx5sim_xsk, back_pressure, DATA_TIMEOUT)
{
	uint64_t no_buffer = data_counter(DATA_PORT_B, "rx_no_buffer");
	unsigned int n = 3 * XSK_RING, got = 0;
	uint8_t frame[FRAME_MIN];
	uint32_t len;

	if (!variant->zero_copy)
		SKIP(return, "a socket that copies has no hold on the device's buffers");
	hc_frame(&sim.net, frame, sizeof(frame), FRAME_TYPE, 1);
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "gen/template", frame, sizeof(frame)));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/flows", 1));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/rate", 0));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/start", n));
	EXPECT_TRUE(DATA_AWAIT(sim_number(DATA_PORT_B, "gen/status", "waits") > 0));
	usleep(20000);
	EXPECT_EQ(1, sim_number(DATA_PORT_B, "gen/status", "running"));
	EXPECT_GE(XSK_RING, sim_number(DATA_PORT_B, "gen/status", "taken"));
	while (got < n && next_frame(&self->b.xsk, &len)) {
		xsk_release(&self->b.xsk);
		got++;
	}
	EXPECT_EQ(n, got);
	EXPECT_EQ(n, self->b.prog->bss->runs);
	EXPECT_TRUE(DATA_AWAIT(!sim_number(DATA_PORT_B, "gen/status", "running")));
	EXPECT_EQ(n, sim_number(DATA_PORT_B, "gen/status", "taken"));
	EXPECT_EQ(0, xsk_dropped(&self->b.xsk));
	EXPECT_EQ(no_buffer, data_counter(DATA_PORT_B, "rx_no_buffer"));
}

/* Frame of this number: its length and contents follow from it */
static uint32_t make_frame(uint8_t *frame, const uint8_t *addresses, uint32_t number)
{
	uint32_t len = FRAME_MIN + number * 31 % (FRAME_MAX - FRAME_MIN + 1), i;

	memcpy(frame, addresses, 14);
	memcpy(frame + 14, &number, sizeof(number));
	for (i = 18; i < len; i++)
		frame[i] = number + 3 * i;
	return len;
}

/* What has come is the next in order, to the last byte */
static unsigned int receive_some(struct __test_metadata *_metadata, struct xsk *x,
				 const uint8_t *addresses, unsigned int got)
{
	uint8_t want[FRAME_MAX], *have;
	uint32_t len;

	while ((have = xsk_peek(x, &len))) {
		EXPECT_EQ(make_frame(want, addresses, got), len) {
			TH_LOG("frame %u", got);
		}
		EXPECT_EQ(0, memcmp(want, have, len)) {
			TH_LOG("frame %u", got);
		}
		xsk_release(x);
		got++;
	}
	return got;
}

static void send_frames(struct __test_metadata *_metadata, struct end *from, struct end *to,
			unsigned int n, bool zero_copy)
{
	uint64_t driver = sim_counter(&sim, from->dev, "tx_xsk_xmit");
	unsigned int sent = 0, got = 0, quiet = 0, before, i;
	struct pollfd p = { .fd = to->xsk.fd, .events = POLLIN };
	uint8_t addresses[64], *frame;

	hc_frame(&sim.net, addresses, sizeof(addresses), FRAME_TYPE, 0);
	hc_mac(data_netns(to->dev), to->dev, addresses);
	hc_mac(data_netns(from->dev), from->dev, addresses + 6);
	while (got < n && quiet < QUIET_TRIES && __test_passed(_metadata)) {
		for (i = 0; i < TX_BATCH && sent < n && sent - got < CHUNK_OF_FRAMES; i++) {
			frame = xsk_reserve(&from->xsk);
			if (!frame)
				break;
			xsk_send(&from->xsk, make_frame(frame, addresses, sent++));
		}
		xsk_kick(&from->xsk);
		before = got;
		got = receive_some(_metadata, &to->xsk, addresses, got);
		if (got == before) {
			poll(&p, 1, 10);
			quiet++;
		} else {
			quiet = 0;
		}
	}
	EXPECT_EQ(n, got);
	EXPECT_EQ(n, to->prog->bss->runs);
	EXPECT_EQ(0, xsk_dropped(&to->xsk));
	/* each has been sent once, and its chunk is back */
	for (quiet = 0; from->xsk.nfree < XSK_RING && quiet < QUIET_TRIES; quiet++) {
		xsk_kick(&from->xsk);
		usleep(1000);
	}
	EXPECT_EQ(XSK_RING, from->xsk.nfree);
	driver = sim_counter(&sim, from->dev, "tx_xsk_xmit") - driver;
	EXPECT_EQ(zero_copy ? n : 0, driver);
}

TEST_F_TIMEOUT(mlx5sim_xsk, a_to_b, DATA_TIMEOUT)
{
	send_frames(_metadata, &self->a, &self->b, data_some(FRAMES_TX), variant->zero_copy);
}

TEST_F_TIMEOUT(mlx5sim_xsk, b_to_a, DATA_TIMEOUT)
{
	send_frames(_metadata, &self->b, &self->a, data_some(FRAMES_TX), variant->zero_copy);
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
