// SPDX-License-Identifier: GPL-2.0-only
/* Figure 13: the user ring buffer, from user space into the kernel */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench/channels/channel.h"
#include "bench/channels/upward.h"
#include "core/run.h"
#include "channel.skel.h"

/* Around the ring: a record has 8 bytes of header */
#define WARM_TURNS	3
_Static_assert(WARM_TURNS * TURN_FRAMES * (sizeof(struct channel_record) + 8) >
	       2 * CHANNEL_RECORDS * sizeof(struct channel_record), "more than once around");

static void upward_close(void *arg)
{
	struct upward *u = arg;

	user_ring_buffer__free(u->ring);
	channel_bpf__destroy(u->skel);
	u->ring = NULL;
	u->skel = NULL;
}

static void put(struct upward *u, uint64_t n)
{
	struct channel_record *r;

	while (n--) {
		r = user_ring_buffer__reserve(u->ring, sizeof(*r));
		if (!r) {
			u->full++;
			continue;
		}
		*r = u->sent;
		r->word[CHANNEL_SEQ] = u->written++;
		user_ring_buffer__submit(u->ring, r);
	}
}

double upward_batch(void *arg, uint64_t units)
{
	struct upward *u = arg;
	/* the program does not look at its frame */
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		    .data_in = &u->sent,
		    .data_size_in = sizeof(u->sent),
		    .repeat = 1);
	size_t put_before = u->put.n, drain_before = u->drain.n;
	uint64_t left, n;
	int ret;

	for (left = units; left; left -= n) {
		double from = now_ns(), full;

		if (interrupted())
			return -EINTR;
		n = left < TURN_FRAMES ? left : TURN_FRAMES;
		put(u, n);
		full = now_ns();
		ret = bpf_prog_test_run_opts(bpf_program__fd(u->prog), &opts);
		if (ret)
			return ret;
		turns_add(&u->put, (full - from) / n);
		turns_add(&u->drain, (now_ns() - full) / n);
	}
	return (turns_middle(&u->put, put_before) + turns_middle(&u->drain, drain_before)) * units;
}

int upward_open(struct upward *u, const struct channel_record *sent)
{
	double warm;
	int ret;

	memset(u, 0, sizeof(*u));
	u->sent = *sent;
	ret = cleanup_push(upward_close, u) ?:
	      channel_load(&u->skel, &u->prog, "channel_drain", u->why, sizeof(u->why));
	if (ret)
		return ret;
	u->skel->bss->sent = *sent;
	u->ring = user_ring_buffer__new(bpf_map__fd(u->skel->maps.user_ringbuf), NULL);
	if (!u->ring) {
		ret = -errno;
		snprintf(u->why, sizeof(u->why), "cannot map the user ring buffer: %s",
			 strerror(-ret));
		return ret;
	}
	/* all pages of the ring come with the first access, and are no record's time */
	warm = upward_batch(u, WARM_TURNS * TURN_FRAMES);
	if (warm >= 0)
		return 0;
	snprintf(u->why, sizeof(u->why), "cannot drain the user ring buffer: %s",
		 strerror(-(int)warm));
	return (int)warm;
}
