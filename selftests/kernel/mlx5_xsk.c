// SPDX-License-Identifier: GPL-2.0-only
/* mlx5: the receive queue of an AF_XDP socket (zero copy) stamps as the others do */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "sim.h"
#include "told.skel.h"

#define FRAMES		3000
#define FRAME_TYPE	0x88b5	/* for experiments */
#define FRAME_BYTES	64
#define CHUNKS		4096
#define CHUNK_BYTES	4096

FIXTURE(mlx5_xsk) {
	struct sim_net sim;
	struct hc_hook hook;
	struct told *prog;
	struct bpf_link *xdp;
	void *memory;
	int sock;
};

/* mlx5e_xsk_skb_from_cqe_linear(), mlx5e_xsk_skb_from_cqe_mpwrq_linear() */
FIXTURE_VARIANT(mlx5_xsk) {
	bool striding;
};

FIXTURE_VARIANT_ADD(mlx5_xsk, cyclic) {
	.striding = false,
};

FIXTURE_VARIANT_ADD(mlx5_xsk, striding) {
	.striding = true,
};

/* All chunks are the driver's to receive into; it keeps those of frames that do not come here */
static int fill(int sock)
{
	struct xdp_mmap_offsets off;
	socklen_t len = sizeof(off);
	uint32_t i, *producer;
	uint64_t *address;
	char *ring;

	if (getsockopt(sock, SOL_XDP, XDP_MMAP_OFFSETS, &off, &len))
		return -errno;
	ring = mmap(NULL, off.fr.desc + CHUNKS * sizeof(*address), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_POPULATE, sock, XDP_UMEM_PGOFF_FILL_RING);
	if (ring == MAP_FAILED)
		return -errno;
	address = (void *)(ring + off.fr.desc);
	producer = (void *)(ring + off.fr.producer);
	for (i = 0; i < CHUNKS; i++)
		address[i] = (uint64_t)i * CHUNK_BYTES;
	__atomic_store_n(producer, CHUNKS, __ATOMIC_RELEASE);
	munmap(ring, off.fr.desc + CHUNKS * sizeof(*address));
	return 0;
}

/* A socket on queue 0 of hc0b, zero copy; its number, or -errno */
static int open_socket(const struct hc_net *n, void *memory)
{
	struct xdp_umem_reg reg = {
		.addr = (uintptr_t)memory,
		.len = (uint64_t)CHUNKS * CHUNK_BYTES,
		.chunk_size = CHUNK_BYTES,
	};
	struct sockaddr_xdp addr = {
		.sxdp_family = AF_XDP,
		.sxdp_flags = XDP_ZEROCOPY,
		.sxdp_ifindex = hc_ifindex(n->b, "hc0b"),
	};
	int size = CHUNKS, sock, ret;

	hc_enter(n->b);
	sock = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	hc_enter(n->home);
	if (sock < 0)
		return -errno;
	if (setsockopt(sock, SOL_XDP, XDP_UMEM_REG, &reg, sizeof(reg)) ||
	    setsockopt(sock, SOL_XDP, XDP_UMEM_FILL_RING, &size, sizeof(size)) ||
	    setsockopt(sock, SOL_XDP, XDP_UMEM_COMPLETION_RING, &size, sizeof(size)) ||
	    setsockopt(sock, SOL_XDP, XDP_RX_RING, &size, sizeof(size)))
		ret = -errno;
	else
		ret = fill(sock);
	if (!ret && bind(sock, (void *)&addr, sizeof(addr)))
		ret = -errno;
	if (!ret)
		return sock;
	close(sock);
	return ret;
}

FIXTURE_SETUP(mlx5_xsk)
{
	memset(self, 0, sizeof(*self));
	self->sock = -1;
	ASSERT_EQ(0, hc_all_off());
	ASSERT_EQ(0, sim_up(&self->sim));
	ASSERT_EQ(0, sim_flag(&self->sim, "rx_striding_rq", variant->striding));
	self->prog = told__open_and_load();
	ASSERT_NE(NULL, self->prog);
	self->xdp = hook_xdp(&self->sim.net, "hc0b", self->prog->progs.as_told);
	ASSERT_NE(NULL, self->xdp);
	self->memory = mmap(NULL, (size_t)CHUNKS * CHUNK_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	ASSERT_NE(MAP_FAILED, self->memory);
	self->sock = open_socket(&self->sim.net, self->memory);
	ASSERT_LE(0, self->sock) {
		TH_LOG("AF_XDP: %s", strerror(-self->sock));
	}
}

FIXTURE_TEARDOWN(mlx5_xsk)
{
	EXPECT_EQ(0, hc_all_off());
	if (self->sock >= 0)
		close(self->sock);
	bpf_link__destroy(self->xdp);
	told__destroy(self->prog);
	sim_down(&self->sim);
	if (self->memory)
		munmap(self->memory, (size_t)CHUNKS * CHUNK_BYTES);
}

/* By how much that counter of the driver's grows; each frame has one sample, with its stamp */
static uint64_t send_frames(struct __test_metadata *_metadata, struct _test_data_mlx5_xsk *self,
			    uint32_t action, const char *counter)
{
	uint64_t before = sim_counter(&self->sim, "hc0b", counter);
	uint8_t frame[FRAME_BYTES];
	size_t i;

	hc_frame(&self->sim.net, frame, sizeof(frame), FRAME_TYPE, 0);
	self->prog->bss->action = action;
	EXPECT_EQ(0, hc_set("enable", "xdp"));
	EXPECT_EQ(0, sim_frames(&self->sim, frame, sizeof(frame), FRAMES));
	/* the driver counts a frame before the hook does, perhaps on another CPU */
	for (i = 0; i < 1000 && !hc_read_hook("xdp", &self->hook) &&
	     hc_seen(&self->hook) < FRAMES; i++)
		usleep(1000);
	EXPECT_EQ(0, hc_read_idle("xdp", &self->hook));
	EXPECT_EQ(FRAMES, hc_seen(&self->hook));
	EXPECT_EQ(0, self->hook.unstamped);
	for (i = 0; i < self->hook.nphases; i++) {
		EXPECT_EQ(FRAMES, self->hook.phase[i].count) {
			TH_LOG("%s", self->hook.phase[i].name);
		}
	}
	return sim_counter(&self->sim, "hc0b", counter) - before;
}

TEST_F(mlx5_xsk, drop)
{
	EXPECT_EQ(FRAMES, send_frames(_metadata, self, XDP_DROP, "rx_xsk_xdp_drop"));
	EXPECT_EQ(FRAMES, self->prog->bss->runs);
}

TEST_F(mlx5_xsk, aborted)
{
	EXPECT_EQ(FRAMES, send_frames(_metadata, self, XDP_ABORTED, "rx_xsk_xdp_drop"));
	EXPECT_EQ(FRAMES, self->prog->bss->runs);
}

TEST_F(mlx5_xsk, pass)
{
	EXPECT_EQ(FRAMES, send_frames(_metadata, self, XDP_PASS, "rx_xsk_packets"));
	EXPECT_EQ(FRAMES, self->prog->bss->runs);
}

TEST_F(mlx5_xsk, tx)
{
	EXPECT_EQ(FRAMES, send_frames(_metadata, self, XDP_TX, "rx_xdp_tx_xmit"));
	EXPECT_EQ(FRAMES, self->prog->bss->runs);
}

TEST_F(mlx5_xsk, native)
{
	if (hc_native(&self->sim.net, "drop") && hc_native(&self->sim.net, "hard_drop"))
		SKIP(return, "no native program drops");
	EXPECT_EQ(FRAMES, send_frames(_metadata, self, XDP_PASS, "rx_xsk_xdp_drop"));
	EXPECT_EQ(0, self->prog->bss->runs);
	ASSERT_EQ(0, hc_native_off());
	ASSERT_EQ(0, hc_set("reset", "1"));
	EXPECT_EQ(FRAMES, send_frames(_metadata, self, XDP_PASS, "rx_xsk_packets"));
	EXPECT_EQ(FRAMES, self->prog->bss->runs);
}

int main(int argc, char **argv)
{
	sim_need();
	return test_harness_run(argc, argv);
}
