// SPDX-License-Identifier: GPL-2.0-only
/* The reference run: every frame's verdict and output, once, by BPF_PROG_TEST_RUN */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "core/run.h"
#include "core/util.h"
#include "prog/expect.h"
#include "prog/frames.h"

/* A program may make a packet longer */
#define ROOM		65536
#define SHOW_EACH	10000

static int expect_one(const struct subject *s, const struct frames *f, size_t i, uint8_t *out,
		      struct expected *e)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	const struct frame *frame = &f->frame[i];

	opts.data_in = f->bytes + frame->at;
	opts.data_size_in = frame->len;
	opts.data_out = out;
	opts.data_size_out = ROOM;
	opts.repeat = 1;
	if (bpf_prog_test_run_opts(s->fd, &opts))
		return -errno;
	e->verdict = (int32_t)opts.retval;
	e->resized = opts.data_size_out != frame->len;
	e->changed = e->resized || memcmp(out, f->bytes + frame->at, frame->len);
	return 0;
}

static int cannot_run(const struct subject *s, int error)
{
	/* the kernel's own ENOTSUPP */
	if (error == -524 || error == -EOPNOTSUPP)
		err("%s: BPF_PROG_TEST_RUN takes no %s programs", s->name,
		    prog_type_name(s->type));
	else
		err("%s: BPF_PROG_TEST_RUN: %s", s->name, error == -EPERM ?
		    "not permitted; run as root" : strerror(-error));
	return error;
}

static int expect(struct prog *p, struct subject *s, bool *refused)
{
	struct frames *f = p->frames;
	uint8_t *out = xcalloc(1, ROOM);
	size_t i, taken = 0;
	int ret = 0, last = 0;

	s->expected = xcalloc(f->n, sizeof(*s->expected));
	for (i = 0; i < f->n; i++) {
		if (i % SHOW_EACH == 0)
			progress("verdicts", i / SHOW_EACH, f->n / SHOW_EACH + 1);
		ret = interrupted() ? -EINTR : expect_one(s, f, i, out, &s->expected[i]);
		if (ret && ret != -EINVAL)
			break;
		taken += !ret;
		if (ret) {
			refused[i] = true;
			last = ret;
			ret = 0;
		}
	}
	progress_end();
	free(out);
	if (ret == -EINTR)
		return ret;
	return ret ? cannot_run(s, ret) : taken ? 0 : cannot_run(s, last);
}

int expect_all(struct prog *p)
{
	bool *refused = xcalloc(p->frames->n, sizeof(*refused));
	size_t i;
	int ret = 0;

	for (i = 0; i < p->nsubjects && !ret; i++)
		ret = expect(p, &p->subject[i], refused);
	if (!ret)
		frames_leave_out(p->frames, refused, LEFT_REFUSED);
	free(refused);
	return ret;
}
