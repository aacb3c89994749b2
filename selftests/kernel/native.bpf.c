// SPDX-License-Identifier: GPL-2.0-only
/* eBPF versions of native programs, and a look at what the native ones have computed */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "hookcost_twin.h"
#include "native.h"

__u64 runs;
volatile __u64 arg;
volatile __u64 sink;

SEC("xdp")
int twin_fib_xdp(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&runs, 1);
	sink = twin_fib(arg);
	return XDP_DROP;
}

SEC("xdp")
int twin_sum_xdp(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;

	__sync_fetch_and_add(&runs, 1);
	if (data + TWIN_SUM_BYTES <= (void *)(long)ctx->data_end)
		sink = twin_sum(data, arg);
	return XDP_DROP;
}

/* Any kernel type whose first eight bytes are a number */
struct timespec64 {
	__s64 tv_sec;
} __attribute__((preserve_access_index));

void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym;

SEC("syscall")
int peek(struct peek *p)
{
	struct timespec64 *t;

	t = bpf_rdonly_cast((void *)p->address, bpf_core_type_id_kernel(struct timespec64));
	p->value = t->tv_sec;
	return 0;
}

char _license[] SEC("license") = "GPL";
