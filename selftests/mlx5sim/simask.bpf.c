// SPDX-License-Identifier: GPL-2.0-only
/* XDP programs that note the generator's requests, and answer them */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "simask.h"

#define MAX_OFFSET	63

volatile __u32 number_at;	/* in a frame, at most MAX_OFFSET */
volatile __u32 check_at;
__u64 runs, kinds[ASK_KINDS];
__u64 no_check;			/* frames whose checksum is 0 */
__u32 last;			/* number, and 1 */
struct ask_seen seen[ASK_NUMBERS];

/* 16 bits of a frame; -1: there are none at this offset */
static __always_inline int word_at(struct xdp_md *ctx, __u32 at)
{
	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	data += at & MAX_OFFSET;
	if (data + 2 > end)
		return -1;
	return data[0] << 8 | data[1];
}

/* One flow is received by one queue, so that there is nothing to be kept atomic */
static __always_inline int note_it(struct xdp_md *ctx)
{
	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ask_seen *s;
	__u32 number;
	__u8 kind;
	int word;

	word = word_at(ctx, number_at);
	if (word < 0 || data + ASK_MARK_AT + 1 > end)
		return -1;
	kind = data[ASK_KIND_AT] % ASK_KINDS;
	number = word & (ASK_NUMBERS - 1);
	runs++;
	kinds[kind]++;
	if (check_at && !word_at(ctx, check_at))
		no_check++;
	s = &seen[number];
	s->times++;
	s->kind = kind;
	s->len = end - data;
	s->late = number + 1 <= last;
	last = number + 1;
	return kind;
}

SEC("xdp")
int note(struct xdp_md *ctx)
{
	note_it(ctx);
	return XDP_DROP;
}

SEC("xdp")
int answer(struct xdp_md *ctx)
{
	__u16 *address, old;
	int kind, i;
	__u8 *data;

	kind = note_it(ctx);
	if (kind < 0 || bpf_xdp_adjust_tail(ctx, kind * ASK_GROWS))
		return XDP_ABORTED;
	data = (void *)(long)ctx->data;
	if (data + ASK_MARK_AT + 1 > (__u8 *)(long)ctx->data_end)
		return XDP_ABORTED;
	address = (void *)data;
	for (i = 0; i < 3; i++) {
		old = address[i];
		address[i] = address[i + 3];
		address[i + 3] = old;
	}
	data[ASK_MARK_AT] = 1;
	return XDP_TX;
}

char _license[] SEC("license") = "GPL";
