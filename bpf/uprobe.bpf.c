// SPDX-License-Identifier: GPL-2.0-only
/* uprobe: programs that count, at a function of the tool's own and at its system calls */
#include <linux/bpf.h>
#include <asm/unistd.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include "uprobe.bpf.h"

/* Not atomic: one thread hits them, and reads them afterwards */
__u64 hits[UPROBE_HITS];
/* The thread whose system calls count; the others' are let alone */
__u64 task;

/* For a test: some hits are not counted */
const volatile bool drop;

static __always_inline int count(enum uprobe_hit hit)
{
	if (!drop || bpf_get_prandom_u32() % 256)
		hits[hit]++;
	return 0;
}

static __always_inline int count_call(void)
{
	return bpf_get_current_task() == task ? count(UPROBE_CALL) : 0;
}

SEC("uprobe")
int uprobe_entry(void *ctx)
{
	return count(UPROBE_ENTRY);
}

SEC("uprobe")
int uprobe_return(void *ctx)
{
	return count(UPROBE_RETURN);
}

SEC("uprobe.multi")
int uprobe_multi_entry(void *ctx)
{
	return count(UPROBE_ENTRY);
}

SEC("uprobe.multi")
int uprobe_multi_return(void *ctx)
{
	return count(UPROBE_RETURN);
}

/* By BPF_PROG_TEST_RUN, in the thread that asks for it */
SEC("raw_tp")
int uprobe_learn(void *ctx)
{
	task = bpf_get_current_task();
	return 0;
}

SEC("raw_tp/sys_enter")
int call_raw_tp(struct bpf_raw_tracepoint_args *ctx)
{
	return ctx->args[1] == __NR_write ? count_call() : 0;
}

SEC("tp_btf/sys_enter")
int call_tp_btf(__u64 *ctx)
{
	return ctx[1] == __NR_write ? count_call() : 0;
}

SEC("tracepoint/syscalls/sys_enter_write")
int call_enter(void *ctx)
{
	return count_call();
}

SEC("tracepoint/syscalls/sys_exit_write")
int call_exit(void *ctx)
{
	return count_call();
}

char _license[] SEC("license") = "GPL";
