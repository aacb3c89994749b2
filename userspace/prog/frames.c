// SPDX-License-Identifier: GPL-2.0-only
/* The packets, in one piece of memory, and in their order */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "core/util.h"
#include "prog/frames.h"
#include "prog/prog.h"

#define ALIGN		64UL

void frames_add(struct frames *f, const void *data, size_t len, uint32_t number)
{
	size_t end = (f->size + len + ALIGN - 1) / ALIGN * ALIGN;

	if (end > f->room) {
		f->room = end + f->room / 2;
		f->bytes = xrealloc(f->bytes, f->room, 1);
	}
	if (f->n == f->frame_room) {
		f->frame_room = f->frame_room * 3 / 2 + 64;
		f->frame = xrealloc(f->frame, f->frame_room, sizeof(*f->frame));
	}
	memcpy(f->bytes + f->size, data, len);
	f->frame[f->n++] = (struct frame){ .at = f->size, .len = len, .number = number };
	f->size = end;
}

void frames_left(struct frames *f, enum left_out why, uint64_t number)
{
	if (!f->left[why]++)
		f->left_first[why] = number;
}

void frames_leave_out(struct frames *f, const bool *out, enum left_out why)
{
	size_t k, kept = 0;

	for (k = 0; k < f->n; k++)
		if (out[k])
			frames_left(f, why, f->frame[k].number);
	for (k = 0; k < f->norder; k++)
		if (!out[f->order[k]])
			f->order[kept++] = f->order[k];
	f->norder = kept;
}

static const struct {
	const char *key, *text;
} left_outs[LEFT_OUTS] = {
	[LEFT_TRUNCATED] = { "truncated", "truncated in the capture (its snap length)" },
	[LEFT_LONG] = { "long", "too long" },
	[LEFT_SHORT] = { "short", "shorter than an Ethernet header" },
	[LEFT_MEMORY] = { "memory", "beyond the first 128 MB of the capture" },
	[LEFT_REFUSED] = { "refused", "refused by the kernel's test_run" },
};

const char *left_out_text(enum left_out why)
{
	return left_outs[why].text;
}

const char *left_out_key(enum left_out why)
{
	return left_outs[why].key;
}

int frames_make(struct frames *f, const struct prog_opts *o, size_t longest)
{
	size_t i;
	int ret;

	memset(f, 0, sizeof(*f));
	ret = o->pcap ? frames_capture(f, o->pcap, longest) : frames_templates(f, o, longest);
	if (ret || f->order)
		return ret;
	f->norder = f->n;
	f->order = xcalloc(f->n, sizeof(*f->order));
	for (i = 0; i < f->n; i++)
		f->order[i] = i;
	return 0;
}

static void free_bytes(struct frames *f)
{
	size_t page = getpagesize();

	if (f->mapped)
		munmap(f->bytes, (f->mapped + page - 1) / page * page);
	else
		free(f->bytes);
}

void frames_move(struct frames *f, void *to, size_t mapped)
{
	free_bytes(f);
	f->bytes = to;
	f->mapped = mapped;
}

void frames_free(struct frames *f)
{
	free_bytes(f);
	free(f->frame);
	free(f->order);
	memset(f, 0, sizeof(*f));
}
