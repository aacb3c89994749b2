// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figure 13's ring in an arena. In an object of its own: kernels before 6.9 and
 * JITs without it refuse the map. A clang before 19 has no casts between address
 * spaces, and makes an object without the program.
 */
#include "channel_frame.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARENA);
	__uint(map_flags, BPF_F_MMAPABLE);
	/* pages */
	__uint(max_entries, (sizeof(struct channel_ring) + 4095) / 4096);
} arena SEC(".maps");

#ifdef __BPF_FEATURE_ADDR_SPACE_CAST

#define __arena __attribute__((address_space(1)))

struct channel_ring __arena ring;

SEC("xdp")
int channel_arena(struct xdp_md *ctx)
{
	struct channel_record *from = channel_frame(ctx);
	__u64 head = ring.head;
	__u32 i;

	if (!from)
		return XDP_DROP;
	if (head - *(volatile __u64 __arena *)&ring.tail >= CHANNEL_RECORDS)
		return channel_full();
#pragma clang loop unroll(full)
	for (i = 0; i < CHANNEL_WORDS; i++)
		ring.record[head % CHANNEL_RECORDS].word[i] = from->word[i];
	barrier();
	*(volatile __u64 __arena *)&ring.head = head + 1;
	return XDP_DROP;
}

#endif

char _license[] SEC("license") = "GPL";
