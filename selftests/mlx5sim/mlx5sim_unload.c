// SPDX-License-Identifier: GPL-2.0-only
/*
 * mlx5sim is unloaded while its generator makes requests and its sink takes the replies: neither
 * is in use, nothing of them is left, and the next one begins as a first one does
 */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "simask.h"
#include "simask.skel.h"
#include "simdata.h"

#define ROUNDS	20
#define KINDS	4
#define BURST	60

static void answer(struct __test_metadata *_metadata, struct simask *prog)
{
	struct bpf_link *link = hook_xdp(&sim.net, "hc0b", prog->progs.answer);

	ASSERT_NE(NULL, link);
	/* it goes with the device */
	bpf_link__disconnect(link);
	bpf_link__destroy(link);
}

static void begin(struct __test_metadata *_metadata)
{
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/burst", BURST));
	ASSERT_EQ(0, ask_templates(KINDS));
	ASSERT_EQ(0, ask_expect(KINDS));
	ASSERT_EQ(0, ask_sink(ASK_NUMBER_AT, ASK_NUMBER_AT, 1));
	ASSERT_EQ(0, data_set(DATA_PORT_A, "sink/on", 1));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/start", 0));
}

static bool has_netdevs(void)
{
	glob_t found;
	size_t n = 0;

	if (!glob("/sys/bus/pci/devices/*:40:00.[01]/net/*", 0, NULL, &found))
		n = found.gl_pathc;
	globfree(&found);
	return n == 2;
}

#define COUNT(name)	sim_number(DATA_PORT_A, "sink/status", name)

TEST(under_traffic)
{
	unsigned int rounds = data_some(ROUNDS), i;
	struct simask *prog;

	if (!access("/proc/exitcode", F_OK))
		SKIP(return, "UML cannot take a region of MMIO away again");
	if (!hc_can_load("mlx5sim"))
		SKIP(return, "HOOKCOST_MODULES does not name the folder of mlx5sim.ko");
	prog = simask__open_and_load();
	ASSERT_NE(NULL, prog);
	prog->bss->number_at = ASK_NUMBER_AT;
	for (i = 0; i < rounds; i++) {
		/* the first netdevs are main()'s */
		if (i)
			ASSERT_EQ(0, sim_up(&sim));
		answer(_metadata, prog);
		begin(_metadata);
		ASSERT_TRUE(DATA_AWAIT(COUNT("arrived") != UINT64_MAX &&
				       COUNT("arrived") > BURST));
		EXPECT_EQ(0, COUNT("wrong"));
		EXPECT_EQ(0, COUNT("twice"));
		ASSERT_EQ(0, hc_unload("mlx5sim"));
		EXPECT_NE(0, access("/sys/kernel/debug/mlx5sim", F_OK));
		ASSERT_EQ(0, hc_load("mlx5sim"));
		ASSERT_TRUE(DATA_AWAIT(has_netdevs()));
		sim_down(&sim);
		EXPECT_EQ(0, COUNT("arrived"));
		EXPECT_EQ(-ENODATA, data_set(DATA_PORT_A, "sink/on", 1));
		EXPECT_EQ(0, data_get(DATA_PORT_B, "gen/number_at"));
	}
	simask__destroy(prog);
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
