// SPDX-License-Identifier: GPL-2.0-only
/* mlx5 over mlx5sim: a million frames, and what XDP does to them, none lost and none twice */
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "mlx5sim.skel.h"
#include "simdata.h"

#define FRAMES		1000000
#define FRAMES_CPU	100000
#define FRAMES_JUMBO	20000
#define CPU_QUEUE	8192
#define PART		128	/* twice as many have room in any queue */
#define FRAME_TYPE	0x88b5	/* for experiments: a stack has no use for it */
#define FRAME_BYTES	60
#define JUMBO_BYTES	9000

FIXTURE(mlx5sim_xdp) {
	struct mlx5sim *prog;
	struct bpf_link *a, *b;
	unsigned int n;
};

FIXTURE_VARIANT(mlx5sim_xdp) {
	bool striding, compressed;
};

FIXTURE_VARIANT_ADD(mlx5sim_xdp, cyclic) {
	.striding = false,
};

FIXTURE_VARIANT_ADD(mlx5sim_xdp, striding) {
	.striding = true,
};

FIXTURE_VARIANT_ADD(mlx5sim_xdp, cyclic_compressed) {
	.compressed = true,
};

FIXTURE_VARIANT_ADD(mlx5sim_xdp, striding_compressed) {
	.striding = true,
	.compressed = true,
};

FIXTURE_SETUP(mlx5sim_xdp)
{
	memset(self, 0, sizeof(*self));
	self->n = data_some(FRAMES);
	ASSERT_EQ(0, data_mode(variant->striding, variant->compressed));
	self->prog = mlx5sim__open_and_load();
	ASSERT_NE(NULL, self->prog);
}

FIXTURE_TEARDOWN(mlx5sim_xdp)
{
	data_set(DATA_PORT_B, "gen/stop", 1);
	bpf_link__destroy(self->a);
	bpf_link__destroy(self->b);
	mlx5sim__destroy(self->prog);
	EXPECT_EQ(0, data_mtu(1500));
	EXPECT_EQ(0, data_flag("hc0a", "xdp_tx_mpwqe", true));
	EXPECT_EQ(0, data_flag("hc0b", "xdp_tx_mpwqe", true));
}

static struct bpf_link *attach(const char *dev, const struct bpf_program *prog)
{
	struct bpf_link *link;

	hc_enter(data_netns(dev));
	link = bpf_program__attach_xdp(prog, hc_ifindex(data_netns(dev), dev));
	hc_enter(sim.net.home);
	return link;
}

static void set_up_generator(struct __test_metadata *_metadata, size_t len)
{
	uint8_t frame[JUMBO_BYTES + 14];

	hc_frame(&sim.net, frame, len, FRAME_TYPE, 0);
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "gen/template", frame, len));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/flows", 1));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/rate", 0));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/burst", 60));
}

/*
 * That many arrive at hc0b: the queue has taken each, by this kind of queue and CQE,
 * and the program has seen each. They come in parts, of which each has reached its end
 * before the next begins, as *end counts.
 */
static void generate(struct __test_metadata *_metadata, struct _test_data_mlx5sim_xdp *self,
		     const struct _fixture_variant_mlx5sim_xdp *variant, unsigned int n,
		     unsigned int part, const __u64 *end)
{
	uint64_t taken = sim_taken(variant->striding), other = sim_taken(!variant->striding);
	uint64_t compressed = sim_counter(&sim, "hc0b", "rx_cqe_compress_pkts");
	uint64_t no_buffer = data_counter(DATA_PORT_B, "rx_no_buffer");
	unsigned int sent = 0, now;

	while (sent < n) {
		now = n - sent < part ? n - sent : part;
		ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", now));
		EXPECT_EQ(now, sim_number(DATA_PORT_B, "gen/status", "sent"));
		EXPECT_EQ(now, sim_number(DATA_PORT_B, "gen/status", "taken"));
		sent += now;
		ASSERT_TRUE(DATA_AWAIT(*(volatile const __u64 *)end >= sent)) {
			TH_LOG("%" PRIu64 " of %u frames came to their end", (uint64_t)*end, sent);
		}
	}
	EXPECT_EQ(n, *end);
	EXPECT_EQ(n, self->prog->bss->runs);
	EXPECT_LE(n, sim_taken(variant->striding) - taken);
	EXPECT_EQ(0, sim_taken(!variant->striding) - other);
	EXPECT_EQ(no_buffer, data_counter(DATA_PORT_B, "rx_no_buffer"));
	compressed = sim_counter(&sim, "hc0b", "rx_cqe_compress_pkts") - compressed;
	EXPECT_EQ(variant->compressed, compressed > 0);
}

static bool one_cpu(void)
{
	return libbpf_num_possible_cpus() == 1;
}

static void attach_verdict(struct __test_metadata *_metadata,
			   struct _test_data_mlx5sim_xdp *self, uint32_t action)
{
	set_up_generator(_metadata, FRAME_BYTES);
	self->b = attach("hc0b", self->prog->progs.verdict);
	ASSERT_NE(NULL, self->b);
	self->prog->bss->action = action;
}

/* All at once: the generator waits for the queue */
static void send_all(struct __test_metadata *_metadata, struct _test_data_mlx5sim_xdp *self,
		     const struct _fixture_variant_mlx5sim_xdp *variant, uint32_t action)
{
	attach_verdict(_metadata, self, action);
	generate(_metadata, self, variant, self->n, self->n, &self->prog->bss->runs);
}

/*
 * To the wire again. That does not wait for a queue, nor does XDP; but on one CPU the
 * driver is done with a burst before the next.
 */
static void send_on(struct __test_metadata *_metadata, struct _test_data_mlx5sim_xdp *self,
		    const struct _fixture_variant_mlx5sim_xdp *variant, uint32_t action,
		    const __u64 *end)
{
	attach_verdict(_metadata, self, action);
	generate(_metadata, self, variant, self->n, one_cpu() ? self->n : PART, end);
}

TEST_F_TIMEOUT(mlx5sim_xdp, drop, DATA_TIMEOUT)
{
	EXPECT_EQ(self->n, DATA_GROWTH("hc0b", "rx_xdp_drop",
				       send_all(_metadata, self, variant, XDP_DROP)));
}

TEST_F_TIMEOUT(mlx5sim_xdp, pass, DATA_TIMEOUT)
{
	EXPECT_EQ(self->n, DATA_GROWTH("hc0b", "rx_packets",
				       send_all(_metadata, self, variant, XDP_PASS)));
}

/* Back to the port that it came from, as its driver counts and as the other end sees it */
static void transmit(struct __test_metadata *_metadata, struct _test_data_mlx5sim_xdp *self,
		     const struct _fixture_variant_mlx5sim_xdp *variant, bool multi)
{
	uint64_t full = sim_counter(&sim, "hc0b", "rx_xdp_tx_full");
	uint64_t wqes = sim_counter(&sim, "hc0b", "rx_xdp_tx_mpwqe");
	uint64_t arrived = data_counter(DATA_PORT_A, "rx_frames");
	uint64_t no_buffer = data_counter(DATA_PORT_A, "rx_no_buffer");

	if (!one_cpu())
		self->n /= 4;	/* parts take long */
	ASSERT_EQ(0, data_flag("hc0b", "xdp_tx_mpwqe", multi));
	self->a = attach("hc0a", self->prog->progs.sink);
	ASSERT_NE(NULL, self->a);
	EXPECT_EQ(self->n, DATA_GROWTH("hc0b", "rx_xdp_tx_xmit",
				       send_on(_metadata, self, variant, XDP_TX,
					       &self->prog->bss->sunk)));
	EXPECT_EQ(0, sim_counter(&sim, "hc0b", "rx_xdp_tx_full") - full);
	wqes = sim_counter(&sim, "hc0b", "rx_xdp_tx_mpwqe") - wqes;
	EXPECT_EQ(multi, wqes > 0);
	EXPECT_EQ(self->n, data_counter(DATA_PORT_A, "rx_frames") - arrived);
	EXPECT_EQ(no_buffer, data_counter(DATA_PORT_A, "rx_no_buffer"));
}

TEST_F_TIMEOUT(mlx5sim_xdp, tx, DATA_TIMEOUT)
{
	self->n /= 4;
	transmit(_metadata, self, variant, false);
}

/* Several frames in one send WQE */
TEST_F_TIMEOUT(mlx5sim_xdp, tx_multi, DATA_TIMEOUT)
{
	transmit(_metadata, self, variant, true);
}

/* Port B's send queue that has sent the most, and its state; false without one */
static bool busiest_sq(unsigned int *id, unsigned int *state)
{
	unsigned long long packets, most = 0;
	unsigned int sq, now;
	char line[200];
	FILE *f = fopen("/sys/kernel/debug/mlx5sim/port1/queues", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "sq %x cq %*x state %u packets %llu", &sq, &now, &packets) == 3 &&
		    packets > most) {
			most = packets;
			*id = sq;
			*state = now;
		}
	if (f)
		fclose(f);
	return most;
}

static bool is_broken(unsigned int id)
{
	unsigned int sq, state;

	return busiest_sq(&sq, &state) && sq == id && state == 3;
}

/* It is the channel's, and the driver has no recovery for it: it is made anew with the program */
TEST_F_TIMEOUT(mlx5sim_xdp, tx_fault, DATA_TIMEOUT)
{
	const __u64 *sunk = &self->prog->bss->sunk;
	unsigned int id = 0, state = 0, before;
	char fault[32];
	int len;

	if (!getenv("MLX5SIM_WARN"))
		SKIP(return, "the driver has a WARN for it; MLX5SIM_WARN=1 runs it");
	self->a = attach("hc0a", self->prog->progs.sink);
	ASSERT_NE(NULL, self->a);
	attach_verdict(_metadata, self, XDP_TX);
	generate(_metadata, self, variant, PART, PART, sunk);
	ASSERT_TRUE(busiest_sq(&id, &state));
	ASSERT_EQ(1, state);

	len = snprintf(fault, sizeof(fault), "sq %#x", id);
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "fault", fault, len));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", PART));
	EXPECT_TRUE(DATA_AWAIT(is_broken(id)));
	/* frames come in as before, and nothing goes out */
	before = *(volatile const __u64 *)sunk;
	EXPECT_GT(2 * PART, before);
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", PART));
	EXPECT_EQ(PART, sim_number(DATA_PORT_B, "gen/status", "taken"));
	EXPECT_TRUE(DATA_AWAIT(*(volatile __u64 *)&self->prog->bss->runs == 3 * PART));
	EXPECT_EQ(before, *(volatile const __u64 *)sunk);

	ASSERT_EQ(0, bpf_link__destroy(self->b));
	self->b = attach("hc0b", self->prog->progs.verdict);
	ASSERT_NE(NULL, self->b);
	self->prog->bss->runs = 0;
	self->prog->bss->sunk = 0;
	generate(_metadata, self, variant, PART, PART, sunk);
}

static int devmap_set(const struct bpf_map *map, const char *dev)
{
	uint32_t key = 0, index = hc_ifindex(data_netns(dev), dev);
	int ret;

	/* the map looks the index up where it is told it */
	hc_enter(data_netns(dev));
	ret = bpf_map_update_elem(bpf_map__fd(map), &key, &index, BPF_ANY);
	hc_enter(sim.net.home);
	return ret;
}

/* To the other port, from where they come in again, marked */
static void redirect(struct __test_metadata *_metadata, struct _test_data_mlx5sim_xdp *self,
		     const struct _fixture_variant_mlx5sim_xdp *variant, bool multi)
{
	uint64_t sent = sim_counter(&sim, "hc0a", "tx_xdp_xmit");
	uint64_t wqes = sim_counter(&sim, "hc0a", "tx_xdp_mpwqe");

	if (!one_cpu())
		self->n /= 4;
	ASSERT_EQ(0, data_flag("hc0a", "xdp_tx_mpwqe", multi));
	/* the driver takes redirected frames while it has a program */
	self->a = attach("hc0a", self->prog->progs.sink);
	ASSERT_NE(NULL, self->a);
	ASSERT_EQ(0, devmap_set(self->prog->maps.ports, "hc0a"));
	EXPECT_EQ(self->n, DATA_GROWTH("hc0b", "rx_xdp_redirect",
				       send_on(_metadata, self, variant, XDP_REDIRECT,
					       &self->prog->bss->back)));
	EXPECT_EQ(self->n, sim_counter(&sim, "hc0a", "tx_xdp_xmit") - sent);
	wqes = sim_counter(&sim, "hc0a", "tx_xdp_mpwqe") - wqes;
	EXPECT_EQ(multi, wqes > 0);
	EXPECT_EQ(0, self->prog->bss->sunk);
}

TEST_F_TIMEOUT(mlx5sim_xdp, redirect, DATA_TIMEOUT)
{
	self->n /= 4;
	redirect(_metadata, self, variant, false);
}

TEST_F_TIMEOUT(mlx5sim_xdp, redirect_multi, DATA_TIMEOUT)
{
	redirect(_metadata, self, variant, true);
}

/* To another thread, which has a queue of limited length */
TEST_F_TIMEOUT(mlx5sim_xdp, redirect_cpu, DATA_TIMEOUT)
{
	struct bpf_cpumap_val cpu = { .qsize = CPU_QUEUE };
	unsigned int n = data_some(FRAMES_CPU);
	uint64_t before = sim_counter(&sim, "hc0b", "rx_xdp_redirect");
	uint32_t key = 0;

	cpu.bpf_prog.fd = bpf_program__fd(self->prog->progs.at_cpu);
	ASSERT_EQ(0, bpf_map_update_elem(bpf_map__fd(self->prog->maps.cpus), &key, &cpu, BPF_ANY));
	set_up_generator(_metadata, FRAME_BYTES);
	self->b = attach("hc0b", self->prog->progs.to_cpu);
	ASSERT_NE(NULL, self->b);
	generate(_metadata, self, variant, n, CPU_QUEUE, &self->prog->bss->on_cpu);
	EXPECT_EQ(n, sim_counter(&sim, "hc0b", "rx_xdp_redirect") - before);
}

/* In several buffers */
TEST_F_TIMEOUT(mlx5sim_xdp, jumbo, DATA_TIMEOUT)
{
	unsigned int n = data_some(FRAMES_JUMBO);

	ASSERT_EQ(0, data_mtu(JUMBO_BYTES));
	set_up_generator(_metadata, JUMBO_BYTES + 14);
	self->b = attach("hc0b", self->prog->progs.length);
	ASSERT_NE(NULL, self->b);
	self->prog->bss->action = XDP_DROP;
	EXPECT_EQ(n, DATA_GROWTH("hc0b", "rx_xdp_drop",
				 generate(_metadata, self, variant, n, n,
					  &self->prog->bss->runs)));
	EXPECT_EQ((uint64_t)n * (JUMBO_BYTES + 14), self->prog->bss->bytes);
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
