// SPDX-License-Identifier: GPL-2.0-only
/*
 * Code that is changed while it runs: a tail call whose place in its map is known to the JIT
 * is a jump or a no-op, and so is a static key. scripts/check-poke.sh looks on in UML.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "kselftest_harness.h"
#include "hookcost_test.h"

#define TOGGLES		100
#define RUNS		100
#define INSN(c, d, s, o, i) \
	((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })

static int load(const struct bpf_insn *insn, size_t n)
{
	return bpf_prog_load(BPF_PROG_TYPE_XDP, "text_poke", "GPL", insn, n, NULL);
}

/* Returns what */
static int load_callee(unsigned int what)
{
	const struct bpf_insn insn[] = {
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, what),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	return load(insn, sizeof(insn) / sizeof(*insn));
}

/* Calls the program at place 0 of the map, and returns otherwise if there is none */
static int load_caller(int map, unsigned int otherwise)
{
	const struct bpf_insn insn[] = {
		INSN(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_2, BPF_PSEUDO_MAP_FD, 0, map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, 0),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_tail_call),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, otherwise),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	return load(insn, sizeof(insn) / sizeof(*insn));
}

static const unsigned char frame[64];

/* What the program returns of the last of RUNS runs; -1 if it did not run */
static int result(int prog)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = RUNS);

	return bpf_prog_test_run_opts(prog, &opts) ? -1 : (int)opts.retval;
}

FIXTURE(text_poke) {
	int map, caller, callee[2];
};

FIXTURE_SETUP(text_poke)
{
	hc_need_root();
	self->map = bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "text_poke", 4, 4, 1, NULL);
	ASSERT_LE(0, self->map);
	self->caller = load_caller(self->map, 1);
	ASSERT_LE(0, self->caller);
	self->callee[0] = load_callee(2);
	self->callee[1] = load_callee(3);
	ASSERT_LE(0, self->callee[0]);
	ASSERT_LE(0, self->callee[1]);
}

FIXTURE_TEARDOWN(text_poke)
{
	close(self->callee[0]);
	close(self->callee[1]);
	close(self->caller);
	close(self->map);
}

TEST_F(text_poke, tail_call)
{
	__u32 place = 0;
	int i;

	for (i = 0; i < TOGGLES; i++) {
		ASSERT_EQ(1, result(self->caller));
		ASSERT_EQ(0, bpf_map_update_elem(self->map, &place, &self->callee[0], BPF_ANY));
		ASSERT_EQ(2, result(self->caller));
		ASSERT_EQ(0, bpf_map_update_elem(self->map, &place, &self->callee[1], BPF_ANY));
		ASSERT_EQ(3, result(self->caller));
		ASSERT_EQ(0, bpf_map_delete_elem(self->map, &place));
	}
}

TEST_F(text_poke, static_key)
{
	int i;

	if (access(HC_ROOT "/enable", F_OK))
		SKIP(return, "no " HC_ROOT ": no CONFIG_HOOKCOST, or debugfs is not mounted");
	for (i = 0; i < TOGGLES; i++) {
		ASSERT_EQ(0, hc_set("enable", "udp"));
		ASSERT_EQ(0, hc_set("enable", "none"));
	}
}

TEST_HARNESS_MAIN
