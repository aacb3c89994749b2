// SPDX-License-Identifier: GPL-2.0-only
/* Programs that trace: system calls, tracepoints, other programs, software events */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include "tracing.h"

char _license[] SEC("license") = "GPL";

#define CORE	__attribute__((preserve_access_index))

struct xdp_buff {
	void *data, *data_end;
} CORE;

struct task_struct {
	int pid, tgid;
	char comm[16];
} CORE;

const volatile __u32 tgid;		/* only of this process */
const volatile long nr;			/* the system call that counts */

static bool ours(void)
{
	return bpf_get_current_pid_tgid() >> 32 == tgid;
}

/* What is traced, and replaced */

__u64 target_runs;

/* The packet's first byte says what */
__noinline int verdict(struct xdp_md *ctx)
{
	__u8 *data = (void *)(long)ctx->data;

	return data + 1 > (__u8 *)(long)ctx->data_end ? XDP_ABORTED : data[0];
}

SEC("xdp")
int target(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&target_runs, 1);
	return verdict(ctx);
}

__u64 replaced;

SEC("freplace/verdict")
int replacement(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&replaced, 1);
	return XDP_TX;
}

__u64 entries, exits, bytes, returned[5], other;

SEC("fentry/target")
int BPF_PROG(on_entry, struct xdp_buff *xdp)
{
	__sync_fetch_and_add(&entries, 1);
	__sync_fetch_and_add(&bytes, xdp->data_end - xdp->data);
	return 0;
}

SEC("fexit/target")
int BPF_PROG(on_exit, struct xdp_buff *xdp, int ret)
{
	__sync_fetch_and_add(&exits, 1);
	if (ret >= 0 && ret < 5)
		__sync_fetch_and_add(&returned[ret], 1);
	else
		__sync_fetch_and_add(&other, 1);
	return 0;
}

/*
 * Functions of the kernel, which UML has no way to attach to. The second one begins with the
 * jump label of a tracepoint.
 */
SEC("fentry/bpf_prog_test_run_xdp")
int BPF_PROG(on_function)
{
	__sync_fetch_and_add(&entries, 1);
	return 0;
}

SEC("fentry/do_trace_netlink_extack")
int BPF_PROG(on_jump_label)
{
	__sync_fetch_and_add(&entries, 1);
	return 0;
}

SEC("raw_tp/netlink_extack")
int on_extack(void *ctx)
{
	return 0;
}

/* Tracepoints: this one comes once for each BPF_PROG_TEST_RUN */

__u64 raw, typed, errors;

SEC("raw_tp/bpf_test_finish")
int on_raw(struct bpf_raw_tracepoint_args *ctx)
{
	int err = 1;

	if (!ours())
		return 0;
	__sync_fetch_and_add(&raw, 1);
	bpf_probe_read_kernel(&err, sizeof(err), (void *)ctx->args[0]);
	if (err)
		__sync_fetch_and_add(&errors, 1);
	return 0;
}

SEC("tp_btf/bpf_test_finish")
int BPF_PROG(on_typed, int *at)
{
	int err = 1;

	if (!ours())
		return 0;
	__sync_fetch_and_add(&typed, 1);
	bpf_probe_read_kernel(&err, sizeof(err), at);
	if (err)
		__sync_fetch_and_add(&errors, 1);
	return 0;
}

/* System calls */

__u64 sys_entries, sys_exits;
long sys_returned, sys_argument;

SEC("raw_tp/sys_enter")
int on_sys_enter(struct bpf_raw_tracepoint_args *ctx)
{
	if (ours() && (long)ctx->args[1] == nr)
		__sync_fetch_and_add(&sys_entries, 1);
	return 0;
}

/* UML's struct pt_regs begins as x86-64's does, so that it needs no other program */
SEC("raw_tp/sys_exit")
int on_sys_exit(struct bpf_raw_tracepoint_args *ctx)
{
	const struct pt_regs *regs = (const void *)ctx->args[0];
	unsigned long call;

	bpf_probe_read_kernel(&call, sizeof(call), &regs->orig_rax);
	if (!ours() || (long)call != nr)
		return 0;
	bpf_probe_read_kernel(&sys_argument, sizeof(sys_argument), &regs->rdi);
	sys_returned = ctx->args[1];
	__sync_fetch_and_add(&sys_exits, 1);
	return 0;
}

/* The child of a fork has another tgid, and returns from it, too */
__u64 children;

SEC("raw_tp/sys_exit")
int on_fork_exit(struct bpf_raw_tracepoint_args *ctx)
{
	const struct pt_regs *regs = (const void *)ctx->args[0];
	struct task_struct *task = (void *)bpf_get_current_task();
	unsigned long call;

	bpf_probe_read_kernel(&call, sizeof(call), &regs->orig_rax);
	if ((long)call != nr)
		return 0;
	if (ours())
		__sync_fetch_and_add(&sys_exits, 1);
	else if (!ctx->args[1] && BPF_CORE_READ(task, pid) == BPF_CORE_READ(task, tgid))
		__sync_fetch_and_add(&children, 1);
	return 0;
}

/* As struct syscall_trace_enter and syscall_trace_exit, the events' format */
struct sys_enter {
	__u64 common;
	int nr;
	unsigned long args[6];
};

struct sys_exit {
	__u64 common;
	int nr;
	long ret;
};

SEC("tp/syscalls/sys_enter_dup")
int on_event_enter(struct sys_enter *ctx)
{
	if (!ours())
		return 0;
	__sync_fetch_and_add(&sys_entries, 1);
	sys_argument = ctx->args[0];
	return 0;
}

SEC("tp/syscalls/sys_exit_dup")
int on_event_exit(struct sys_exit *ctx)
{
	if (!ours())
		return 0;
	__sync_fetch_and_add(&sys_exits, 1);
	sys_returned = ctx->ret;
	return 0;
}

/* bpf_probe_read_kernel(), of addresses of all kinds */

unsigned long address;
__u8 read[PROBE_BYTES];
__u32 length;
long result, result_string, result_user, result_comm;
char string[16];
char comm[16];

SEC("raw_tp/bpf_test_finish")
int on_probe(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	if (!ours())
		return 0;
	result = bpf_probe_read_kernel(read, length & 63 ?: 1, (void *)address);
	result_string = bpf_probe_read_kernel_str(string, sizeof(string), (void *)address);
	result_comm = bpf_probe_read_kernel(comm, sizeof(comm), &task->comm);
	return 0;
}

SEC("raw_tp/bpf_test_finish")
int on_probe_user(void *ctx)
{
	if (!ours())
		return 0;
	result_user = bpf_probe_read_user(read, length & 63 ?: 1, (void *)address);
	return 0;
}

/* bpf_perf_event_output() */

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} out SEC(".maps");

__u64 sent, lost;

static void output(void *ctx, __u64 flags)
{
	struct output o = {
		.cookie = 0x600dcafe,
	};

	o.number = sent;
	if (bpf_perf_event_output(ctx, &out, flags, &o, flags >> 32 ? 16 : sizeof(o)))
		__sync_fetch_and_add(&lost, 1);
	else
		__sync_fetch_and_add(&sent, 1);
}

SEC("raw_tp/bpf_test_finish")
int output_raw(void *ctx)
{
	if (ours())
		output(ctx, BPF_F_CURRENT_CPU);
	return 0;
}

/* With the packet's first bytes behind the sample, as xdpdump has them */
SEC("xdp")
int output_packet(struct xdp_md *ctx)
{
	output(ctx, BPF_F_CURRENT_CPU | ((__u64)OUTPUT_BYTES << 32));
	return XDP_PASS;
}

SEC("fexit/target")
int BPF_PROG(output_exit, struct xdp_buff *xdp, int ret)
{
	struct output o = {
		.number = sent,
		.cookie = 0x600dcafe,
	};

	if (bpf_xdp_output(xdp, &out, BPF_F_CURRENT_CPU | ((__u64)OUTPUT_BYTES << 32), &o, 16))
		__sync_fetch_and_add(&lost, 1);
	else
		__sync_fetch_and_add(&sent, 1);
	return 0;
}

/* A software event */

__u64 samples, period, wrong;

/* As struct bpf_perf_event_data */
struct sample {
	struct pt_regs regs;
	__u64 sample_period, addr;
};

SEC("perf_event")
int on_sample(struct sample *ctx)
{
	__sync_fetch_and_add(&samples, 1);
	if (ctx->sample_period != period)
		__sync_fetch_and_add(&wrong, 1);
	return 0;
}
