// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figure 13: channels between the kernel and user space. Each program numbers the
 * frame and hands 64 bytes of it on, or counts that there was no room.
 */
#include "channel_frame.bpf.h"

__u32 queue;			/* where the last frame arrived */
struct channel_record sent;	/* what the user ring buffer's records are made of */
__u64 taken;			/* records of the user ring buffer */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CHANNEL_INDICES);
	__type(key, __u32);
	__type(value, __u64);
} indices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CHANNEL_RECORDS);
	__type(key, __u32);
	__type(value, struct channel_record);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	/* 8 bytes of header for each record, and a power of two */
	__uint(max_entries, 2 * CHANNEL_RECORDS * sizeof(struct channel_record));
} ringbuf SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct channel_ring);
} mmap_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 2 * CHANNEL_RECORDS * sizeof(struct channel_record));
} user_ringbuf SEC(".maps");

/* No channel: what the others contain besides theirs */
SEC("?xdp")
int channel_none(struct xdp_md *ctx)
{
	channel_frame(ctx);
	return XDP_DROP;
}

/* Tells which queue a socket has to be bound to */
SEC("?xdp")
int channel_queue(struct xdp_md *ctx)
{
	queue = ctx->rx_queue_index;
	return XDP_DROP;
}

SEC("?xdp")
int channel_array(struct xdp_md *ctx)
{
	__u32 key = CHANNEL_HEAD, tail_key = CHANNEL_TAIL;
	struct channel_record *from = channel_frame(ctx), *to;
	__u64 *head, *tail;

	if (!from)
		return XDP_DROP;
	head = bpf_map_lookup_elem(&indices, &key);
	tail = bpf_map_lookup_elem(&indices, &tail_key);
	if (!head || !tail)
		return XDP_DROP;
	key = *head % CHANNEL_RECORDS;
	to = bpf_map_lookup_elem(&records, &key);
	if (!to || *head - LOAD(*tail) >= CHANNEL_RECORDS)
		return channel_full();
	*to = *from;
	barrier();
	STORE(*head, *head + 1);
	return XDP_DROP;
}

/* The reader polls: nobody is to be woken up */
SEC("?xdp")
int channel_ringbuf(struct xdp_md *ctx)
{
	struct channel_record *from = channel_frame(ctx), *to;

	if (!from)
		return XDP_DROP;
	to = bpf_ringbuf_reserve(&ringbuf, sizeof(*to), 0);
	if (!to)
		return channel_full();
	*to = *from;
	bpf_ringbuf_submit(to, BPF_RB_NO_WAKEUP);
	return XDP_DROP;
}

SEC("?xdp")
int channel_mmap(struct xdp_md *ctx)
{
	struct channel_record *from = channel_frame(ctx);
	struct channel_ring *ring;
	__u32 key = 0;
	__u64 head;

	ring = bpf_map_lookup_elem(&mmap_ring, &key);
	if (!from || !ring)
		return XDP_DROP;
	head = ring->head;
	if (head - LOAD(ring->tail) >= CHANNEL_RECORDS)
		return channel_full();
	ring->record[head % CHANNEL_RECORDS] = *from;
	barrier();
	STORE(ring->head, head + 1);
	return XDP_DROP;
}

/* What finds no room is counted by the socket */
SEC("?xdp")
int channel_xsk(struct xdp_md *ctx)
{
	if (!channel_frame(ctx))
		return XDP_DROP;
	return bpf_redirect_map(&sockets, ctx->rx_queue_index, XDP_DROP);
}

static long take(struct bpf_dynptr *dynptr, void *ctx)
{
	struct channel_record r;
	__u32 i;

	if (bpf_dynptr_read(&r, sizeof(r), dynptr, 0, 0)) {
		wrong++;
		return 0;
	}
	if (r.word[CHANNEL_SEQ] != taken)
		wrong++;
	if (taken++ % CHANNEL_SAMPLE)
		return 0;
	for (i = 0; i < CHANNEL_SEQ; i++)
		if (r.word[i] != sent.word[i])
			wrong++;
	return 0;
}

/* The other direction: takes all that user space has put there */
SEC("?xdp")
int channel_drain(struct xdp_md *ctx)
{
	long n = bpf_user_ringbuf_drain(&user_ringbuf, take, NULL, BPF_RB_NO_WAKEUP);

	if (n > 0)
		seen += n;
	return XDP_DROP;
}

char _license[] SEC("license") = "GPL";
