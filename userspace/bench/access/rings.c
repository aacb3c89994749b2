// SPDX-License-Identifier: GPL-2.0-only
/*
 * Table 4's accesses to rings. The records are put there once, by an XDP program;
 * after each pass the consumer's index, which is user space's to write, is put back,
 * so that the same are there again and nothing but the reader is timed.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/access/access.h"
#include "channel.skel.h"

/* Descriptors that are taken in one go */
#define XSK_BATCH	64

static int fail(struct access *a, const char *what, int ret)
{
	snprintf(a->why, sizeof(a->why), "cannot %s: %s", what, strerror(-ret));
	return ret;
}

static int open_channel(struct access *a, const struct channel_ops *ops,
			const struct channel_record *sent, uint32_t queue)
{
	int ret = channel_open(&a->channel, ops, sent, &a->net, queue);

	if (ret)
		snprintf(a->why, sizeof(a->why), "%s", a->channel.why);
	return ret;
}

static void found(struct access *a, const struct channel_record *r)
{
	a->wrong += r->word[CHANNEL_SEQ] != a->next++;
}

static int ringbuf_fill(struct access *a)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		    .data_in = &a->channel.sent,
		    .data_size_in = sizeof(a->channel.sent),
		    .repeat = ACCESS_ENTRIES);
	int ret = bpf_prog_test_run_opts(bpf_program__fd(a->channel.prog), &opts);

	if (ret)
		return fail(a, "put records into the ring buffer", ret);
	if (*a->channel.seen == ACCESS_ENTRIES && !channel_lost(&a->channel))
		return 0;
	return fail(a, "put all records into the ring buffer", -ENOSPC);
}

static int take_record(void *ctx, void *data, size_t size)
{
	found(ctx, data);
	return 0;
}

static int ringbuf_open(struct access *a)
{
	const struct channel_record sent = { .word = { 1, 2, 3, 4, 5, 6, 7 } };
	int ret, fd;

	ret = open_channel(a, &channel_ringbuf, &sent, 0) ?: ringbuf_fill(a);
	if (ret)
		return ret;
	fd = bpf_map__fd(a->channel.skel->maps.ringbuf);
	/* read in full once by figure 13's reader, then by one that does no more than it must */
	a->wrong += channel_ringbuf.drain(&a->channel) != ACCESS_ENTRIES;
	a->wrong += a->channel.gaps + a->channel.altered;
	ring_buffer__free(a->channel.ringbuf);
	a->channel.ringbuf = ring_buffer__new(fd, take_record, a, NULL);
	if (!a->channel.ringbuf)
		return fail(a, "map the ring buffer", -errno);
	a->map_len = getpagesize();
	a->consumer = mmap(NULL, a->map_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (a->consumer == MAP_FAILED) {
		a->consumer = NULL;
		return fail(a, "map the ring buffer's index", -errno);
	}
	return 0;
}

static void ringbuf_close(struct access *a)
{
	if (a->consumer)
		munmap(a->consumer, a->map_len);
	a->consumer = NULL;
}

static void ringbuf_read(struct access *a, uint64_t n)
{
	uint64_t pass, left;

	for (left = n; left; left -= pass) {
		pass = left < ACCESS_ENTRIES ? left : ACCESS_ENTRIES;
		a->next = 0;
		__atomic_store_n(a->consumer, 0, __ATOMIC_RELEASE);
		if (ring_buffer__consume_n(a->channel.ringbuf, pass) != (int)pass)
			a->wrong++;
	}
}

const struct access_ops access_ringbuf = {
	.key = "ringbuf",
	.label = "BPF ring buffer",
	.paper = "RINGBUF",
	.open = ringbuf_open,
	.close = ringbuf_close,
	.read = ringbuf_read,
};

/* Numbered from 0, and else as they were sent */
static void xsk_verify(struct access *a)
{
	struct channel_record want = a->channel.sent;
	const struct xdp_desc *d;
	uint32_t i;

	for (i = 0; i < ACCESS_ENTRIES; i++) {
		d = xsk_ring_cons__rx_desc(&a->channel.xsock.rx, a->first + i);
		want.word[CHANNEL_SEQ] = i;
		a->wrong += !!memcmp(xsock_frame(&a->channel.xsock, d), &want, sizeof(want));
	}
}

/* Frames of the device's generator, all in the RX ring */
static int xsk_fill(struct access *a)
{
	const struct xsk_ring_cons *rx = &a->channel.xsock.rx;
	uint64_t sent = a->gen.sent;
	double ns = generator_run(&a->gen, ACCESS_ENTRIES);
	uint32_t at;

	if (ns < 0)
		return fail(a, "have frames arrive", (int)ns);
	sent = a->gen.sent - sent;
	at = __atomic_load_n(rx->producer, __ATOMIC_ACQUIRE) - *rx->consumer;
	if (at < ACCESS_ENTRIES || at + channel_lost(&a->channel) != sent) {
		snprintf(a->why, sizeof(a->why), "of %llu frames, %u are in the RX ring",
			 (unsigned long long)sent, at);
		return -EIO;
	}
	a->first = *rx->consumer;
	xsk_verify(a);
	return 0;
}

static int xsk_open(struct access *a)
{
	struct channel_record sent;
	uint32_t queue;
	int ret;

	/* before anything is said about a device */
	ret = channel_possible(a->why, sizeof(a->why));
	if (ret)
		return ret;
	ret = net_setup(&a->net, a->device) ?:
	      generator_setup(&a->gen, &a->net, sizeof(sent)) ?:
	      channel_find_queue(&a->gen, &queue);
	if (ret)
		return fail(a, "set up the device", ret);
	memcpy(&sent, a->gen.frame, sizeof(sent));
	ret = open_channel(a, &channel_xsk, &sent, queue);
	if (ret)
		return ret;
	ret = generator_target(&a->gen, a->channel.prog);
	return ret ? fail(a, "attach the program", ret) : xsk_fill(a);
}

static void xsk_read(struct access *a, uint64_t n)
{
	struct xsk_ring_cons *rx = &a->channel.xsock.rx;
	uint32_t pass, at, got, i;
	uint64_t left;

	for (left = n; left; left -= pass) {
		pass = left < ACCESS_ENTRIES ? left : ACCESS_ENTRIES;
		a->next = 0;
		rx->cached_cons = a->first;
		__atomic_store_n(rx->consumer, a->first, __ATOMIC_RELEASE);
		for (i = 0; i < pass; i += got) {
			uint32_t j;

			got = pass - i < XSK_BATCH ? pass - i : XSK_BATCH;
			got = xsk_ring_cons__peek(rx, got, &at);
			if (!got) {
				a->wrong++;
				break;
			}
			for (j = 0; j < got; j++)
				found(a, xsock_frame(&a->channel.xsock,
						     xsk_ring_cons__rx_desc(rx, at + j)));
			xsk_ring_cons__release(rx, got);
		}
	}
}

const struct access_ops access_xsk = {
	.key = "xsk",
	.label = "AF_XDP RX ring",
	.paper = "AF_XDP RX ring",
	.open = xsk_open,
	.read = xsk_read,
};
