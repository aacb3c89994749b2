// SPDX-License-Identifier: GPL-2.0-only
/* What only a program that runs can tell, and what may change while a bench runs */
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include "core/util.h"
#include "kernel/env.h"

#define RUNS		8
#define PACKET		64

/*
 * Statistics that a process has turned on for as long as it lives (BPF_ENABLE_STATS)
 * do not show in the sysctl, but a program's own count of runs grows. Without the
 * privilege nothing is known, and nothing can be measured either.
 */
static void ask_program(struct env *e)
{
	/* r0 = 0; exit */
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	unsigned char packet[PACKET] = {};
	struct bpf_test_run_opts opts = {
		.sz = sizeof(opts),
		.data_in = packet,
		.data_size_in = PACKET,
		.repeat = RUNS,
	};
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	int fd;

	fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "hookcost_env", "GPL", insns,
			   ARRAY_SIZE(insns), NULL);
	if (fd < 0)
		return;
	if (!bpf_prog_test_run_opts(fd, &opts) && !bpf_prog_get_info_by_fd(fd, &info, &len)) {
		e->jited = info.jited_prog_len > 0;
		e->counting = info.run_cnt > 0;
	}
	close(fd);
}

void env_collect_live(struct env *e)
{
	e->jited = ENV_UNKNOWN;
	e->counting = ENV_UNKNOWN;
	ask_program(e);
}

/* The worse of the two: what was once wrong has had its effect on some row */
void env_merge(struct env *e, const struct env *now)
{
	if (!now->jit)
		e->jit = 0;
	if (!now->jited)
		e->jited = 0;
	if (now->jit_harden > e->jit_harden)
		e->jit_harden = now->jit_harden;
	if (now->bpf_stats > e->bpf_stats)
		e->bpf_stats = now->bpf_stats;
	if (now->counting > e->counting)
		e->counting = now->counting;
	/* judged by all readings since the first, in which a short drift is less and less */
	if (e->clocks.tsc != CLOCK_BAD)
		e->clocks = now->clocks;
}
