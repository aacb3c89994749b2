// SPDX-License-Identifier: GPL-2.0-only
/* For calibration: a program that does nothing, and one that reads the clock all the time */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int watch_empty(struct __sk_buff *ctx)
{
	return TC_ACT_OK;
}

#define READS	1000

__u64 step;		/* the least by which the clock went on, */
__u64 stood;		/* and how often it had not, from one read to the next */

SEC("tc")
int watch_clock(struct __sk_buff *ctx)
{
	__u64 last = bpf_ktime_get_ns(), now;
	int i;

	for (i = 0; i < READS; i++) {
		now = bpf_ktime_get_ns();
		if (now == last)
			stood++;
		else if (!step || now - last < step)
			step = now - last;
		last = now;
	}
	return TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
