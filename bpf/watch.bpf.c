// SPDX-License-Identifier: GPL-2.0-only
/*
 * hookcost watch: an eBPF program is timed by two others, at its entry and at its exit. They
 * are loaded once for each program that is watched.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "watch.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct watch_cpu);
} times SEC(".maps");

static struct watch_cpu *this_cpu(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&times, &zero);
}

SEC("fentry")
int watch_entry(void *ctx)
{
	struct watch_cpu *c = this_cpu();

	if (!c)
		return 0;
	/* a softirq has come into a run: that one's beginning is gone */
	if (c->begin)
		c->lost++;
	c->task = bpf_get_current_pid_tgid();
	c->begin = bpf_ktime_get_ns();
	return 0;
}

SEC("fexit")
int watch_exit(void *ctx)
{
	__u64 now = bpf_ktime_get_ns(), ns;
	struct watch_cpu *c = this_cpu();
	__u32 i;

	/* without a beginning: it was counted as lost above, or began before we came */
	if (!c || !c->begin)
		return 0;
	ns = now - c->begin;
	c->begin = 0;
	/* where a run can be preempted, another task's may have begun meanwhile */
	if (c->task != bpf_get_current_pid_tgid() || (__s64)ns < 0) {
		c->lost++;
		return 0;
	}
	c->runs++;
	c->sum += ns;
	if (ns > c->max)
		c->max = ns;
	i = watch_bucket(ns);
	if (i < WATCH_BUCKETS)
		c->bucket[i]++;
	return 0;
}

char _license[] SEC("license") = "GPL";
