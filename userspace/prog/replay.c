// SPDX-License-Identifier: GPL-2.0-only
/* Programs that restore each packet, and call the one that is measured */
#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/if_ether.h>
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "prog/expect.h"
#include "prog/replay.h"
#include "replay_tc.skel.h"
#include "replay_xdp.skel.h"

#define EVICT_LEAST	(8UL << 20)
#define EVICT_USUAL	(32UL << 20)
#define EVICT_MOST	(64UL << 20)
#define LINE_BYTES	64
#define PIECES		16
/* A packet by itself, so often for each pass */
#define FRESH_RUNS	8

/* How a program was loaded, which those that call it have to be, too */
struct kind {
	enum bpf_attach_type attach;
	bool frags;
};

size_t replay_evicts(void)
{
	char path[80], text[32];
	unsigned long kb, most = 0;
	int i;

	for (i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cache/index%d/size", i);
		if (read_line(path, text, sizeof(text)) && sscanf(text, "%luK", &kb) == 1 &&
		    kb > most)
			most = kb;
	}
	if (!most)
		return EVICT_USUAL;
	most <<= 10;
	return most < EVICT_LEAST ? EVICT_LEAST : most > EVICT_MOST ? EVICT_MOST : most;
}

static size_t bytes_size(const struct frames *f)
{
	return f->size + REPLAY_BYTES;
}

static int size_maps(const struct replay *r, const struct prog *p, struct bpf_object *obj)
{
	struct bpf_map *evict = bpf_object__find_map_by_name(obj, "evict");

	return bpf_map__set_max_entries(bpf_object__find_map_by_name(obj, "slots"), r->room) ?:
	       bpf_map__set_max_entries(bpf_object__find_map_by_name(obj, "took"), r->room) ?:
	       bpf_map__set_value_size(bpf_object__find_map_by_name(obj, "bytes"),
				       bytes_size(p->frames)) ?:
	       r->evicts ? bpf_map__set_value_size(evict, replay_evicts()) : 0;
}

static void set_programs(const struct replay *r, struct bpf_object *obj, const struct kind *k)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj) {
		const char *name = bpf_program__name(prog);

		bpf_program__set_type(prog, r->type);
		bpf_program__set_expected_attach_type(prog, k->attach);
		if (k->frags)
			bpf_program__set_flags(prog, BPF_F_XDP_HAS_FRAGS);
		if (!strcmp(name, "replay_cold"))
			bpf_program__set_autoload(prog, r->evicts);
		else
			bpf_program__set_autoload(prog, strcmp(name, "replay_fresh") || r->fresh);
	}
	if (!r->evicts)
		bpf_map__set_autocreate(bpf_object__find_map_by_name(obj, "evict"), false);
}

static int fd_of(const struct replay *r, const char *name)
{
	return bpf_program__fd(bpf_object__find_program_by_name(r->obj, name));
}

static void *map_memory(const struct replay *r, const char *name, size_t size)
{
	int fd = bpf_map__fd(bpf_object__find_map_by_name(r->obj, name));
	size_t page = getpagesize();

	return mmap(NULL, (size + page - 1) / page * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    0);
}

static void unmap_memory(void *at, size_t size)
{
	size_t page = getpagesize();

	if (at && at != MAP_FAILED)
		munmap(at, (size + page - 1) / page * page);
}

static int open_skeleton(struct replay *r, const struct prog *p)
{
	uint32_t last = bytes_size(p->frames) - REPLAY_BYTES, lines = replay_evicts() / LINE_BYTES;

	if (r->type == BPF_PROG_TYPE_XDP) {
		r->xdp = replay_xdp_bpf__open();
		if (!r->xdp)
			return -errno;
		r->obj = r->xdp->obj;
		r->xdp->rodata->last_byte = last;
		r->xdp->rodata->runs = r->runs;
		r->xdp->rodata->lines = lines;
	} else {
		r->tc = replay_tc_bpf__open();
		if (!r->tc)
			return -errno;
		r->obj = r->tc->obj;
		r->tc->rodata->last_byte = last;
		r->tc->rodata->runs = r->runs;
		r->tc->rodata->lines = lines;
	}
	return 0;
}

static void close_skeleton(struct replay *r)
{
	unmap_memory(r->slot, r->room * sizeof(*r->slot));
	unmap_memory(r->took, r->room * sizeof(*r->took));
	r->slot = NULL;
	r->took = NULL;
	replay_xdp_bpf__destroy(r->xdp);
	replay_tc_bpf__destroy(r->tc);
	r->xdp = NULL;
	r->tc = NULL;
	r->obj = NULL;
}

/* From now on the frames' bytes are where the program reads them, and nowhere else */
static int move_bytes(struct replay *r, struct frames *f)
{
	size_t size = bytes_size(f);
	void *at = map_memory(r, "bytes", size);

	if (at == MAP_FAILED)
		return -errno;
	memcpy(at, f->bytes, f->size);
	frames_move(f, at, size);
	return 0;
}

static int load(struct replay *r, const struct prog *p, const struct kind *k)
{
	int ret = open_skeleton(r, p);

	if (ret)
		return ret;
	ret = size_maps(r, p, r->obj);
	set_programs(r, r->obj, k);
	ret = ret ?: r->xdp ? replay_xdp_bpf__load(r->xdp) : replay_tc_bpf__load(r->tc);
	if (ret)
		return ret;
	r->state = r->xdp ? &r->xdp->bss->state : &r->tc->bss->state;
	r->replay = fd_of(r, "replay");
	r->each = fd_of(r, "replay_each");
	r->cold = r->evicts ? fd_of(r, "replay_cold") : -1;
	r->one = r->fresh ? fd_of(r, "replay_fresh") : -1;
	r->empty = fd_of(r, "empty");
	r->called_map = bpf_map__fd(bpf_object__find_map_by_name(r->obj, "called"));
	r->called = -1;
	r->slot = map_memory(r, "slots", r->room * sizeof(*r->slot));
	r->took = map_memory(r, "took", r->room * sizeof(*r->took));
	return r->slot == MAP_FAILED || r->took == MAP_FAILED ? -errno : 0;
}

static int call(struct replay *r, int fd)
{
	uint32_t zero = 0;

	if (r->called == fd)
		return 0;
	if (bpf_map_update_elem(r->called_map, &zero, &fd, BPF_ANY))
		return -errno;
	r->called = fd;
	return 0;
}

/* All of them can be called */
static int try(struct replay *r, const struct prog *p, const struct kind *k)
{
	int ret = load(r, p, k);
	size_t i;

	for (i = 0; i < p->nsubjects && !ret; i++)
		ret = call(r, p->subject[i].fd);
	ret = ret ?: move_bytes(r, p->frames);
	if (ret)
		close_skeleton(r);
	return ret;
}

/* Of a program that was loaded by others the kernel does not say how */
static int try_all(struct replay *r, const struct prog *p)
{
	static const struct kind xdp[] = { { BPF_XDP, false }, { BPF_XDP, true }, { 0, false },
					   { 0, true } };
	static const struct kind tc[] = { { 0, false }, { BPF_TCX_INGRESS, false },
					  { BPF_TCX_EGRESS, false } };
	const struct kind *kinds = r->type == BPF_PROG_TYPE_XDP ? xdp : tc;
	size_t n = r->type == BPF_PROG_TYPE_XDP ? ARRAY_SIZE(xdp) : ARRAY_SIZE(tc), i;
	const struct subject *s = NULL;
	struct kind known;
	int ret = -EINVAL;

	for (i = 0; i < p->nsubjects && !s; i++)
		if (p->subject[i].obj)
			s = &p->subject[i];
	if (s) {
		known = (struct kind){ s->attach, s->frags };
		kinds = &known;
		n = 1;
	}
	/* busy: of that kind it would be, if no function of it were replaced */
	for (i = 0; i < n && ret && ret != -EPERM && ret != -EBUSY; i++)
		ret = try(r, p, &kinds[i]);
	return ret;
}

/* Of a length that is another at its front, perhaps; at an end that is all, it could be restored */
static bool resizes(const struct prog *p)
{
	size_t i, k;

	for (i = 0; i < p->nsubjects; i++)
		for (k = 0; k < p->frames->norder; k++)
			if (p->subject[i].expected[p->frames->order[k]].resized)
				return true;
	return false;
}

int replay_open(struct replay *r, const struct prog *p, size_t slots, char *why, size_t len)
{
	size_t i;
	int ret;

	memset(r, 0, sizeof(*r));
	r->hold = (struct hold){ -1, -1 };
	r->frames = p->frames;
	r->type = p->subject[0].type;
	r->room = slots;
	r->evicts = p->opts->caches;
	r->fresh = r->type != BPF_PROG_TYPE_XDP && resizes(p);
	r->runs = REPLAY_RUNS;
	for (i = 0; i < p->nsubjects; i++)
		if (p->subject[i].tail_calls)
			r->runs = 1;
	ret = try_all(r, p);
	if (ret == -EPERM) {
		err("cannot load eBPF programs: %s; run as root", strerror(-ret));
		return ret;
	}
	if (ret == -EBUSY) {
		snprintf(why, len,
			 "a program of which another has replaced a function (freplace) takes no tail call, by which its packets are restored: hookcost watch --id times it while it runs");
		return -ENOEXEC;
	}
	if (ret) {
		snprintf(why, len,
			 "no program of ours, which would restore its packets, can call %s: %s",
			 p->nsubjects > 1 ? "all of them" : p->subject[0].name, strerror(-ret));
		return -ENOEXEC;
	}
	r->frame = xcalloc(slots, sizeof(*r->frame));
	if (r->xdp)
		hold_begin(&r->hold, r->replay);
	return 0;
}

void replay_close(struct replay *r)
{
	hold_end(&r->hold);
	close_skeleton(r);
	free(r->frame);
	r->frame = NULL;
}

/* What eth_type_trans() makes of it: the protocol, and for whom it is */
static uint32_t kind_of(const struct replay *r, uint32_t frame)
{
	static const uint8_t broadcast[ETH_ALEN] = { 255, 255, 255, 255, 255, 255 };
	const uint8_t *data = r->frames->bytes + r->frames->frame[frame].at;

	if (r->type == BPF_PROG_TYPE_XDP)
		return 0;
	return data[12] << 8 | data[13] | (data[0] & 1) << 16 |
	       !memcmp(data, broadcast, sizeof(broadcast)) << 17;
}

struct placed {
	uint32_t kind, frame, at;
};

static int by_kind(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void put_slot(struct replay *r, const struct subject *s, struct sequence *seq,
		     uint32_t frame)
{
	const struct expected *e = &s->expected[frame];
	struct stretch *last;

	r->frame[r->nslots] = frame;
	r->slot[r->nslots] = (struct replay_slot){
		.at = r->frames->frame[frame].at,
		.len = r->frames->frame[frame].len,
		.verdict = e->verdict,
		.restore = !r->fresh,
	};
	seq->count[replay_count(e->verdict)]++;
	last = &seq->stretch[seq->nstretches - 1];
	last->n++;
	r->nslots++;
}

void replay_sequence(struct replay *r, const struct subject *s, const uint32_t *frames, size_t n,
		     struct sequence *seq)
{
	struct placed *placed = xcalloc(n, sizeof(*placed));
	size_t i;

	memset(seq, 0, sizeof(*seq));
	if (r->nslots + n > r->room) {
		err("%zu slots, and room for %zu: hookcost has miscounted", r->nslots + n, r->room);
		abort();
	}
	for (i = 0; i < n; i++)
		placed[i] = (struct placed){ kind_of(r, frames[i]), frames[i], i };
	qsort(placed, n, sizeof(*placed), by_kind);
	for (i = 0; i < n; i++) {
		if (!i || placed[i].kind != placed[i - 1].kind) {
			seq->stretch = xrealloc(seq->stretch, seq->nstretches + 1,
						sizeof(*seq->stretch));
			seq->stretch[seq->nstretches++] = (struct stretch){
				.first = r->nslots, .frame = placed[i].frame,
			};
		}
		put_slot(r, s, seq, placed[i].frame);
	}
	seq->n = n;
	free(placed);
}

void sequence_free(struct sequence *seq)
{
	free(seq->stretch);
	seq->stretch = NULL;
}

void replay_forget(struct replay *r)
{
	r->nslots = 0;
}

static void begin(struct turn *t, const struct stretch *s, uint64_t packets)
{
	struct replay_state *state = t->replay->state;

	memset(state, 0, sizeof(*state));
	state->first = s->first;
	state->n = s->n;
	state->left = packets;
	state->any_verdict = t->any_verdict;
}

static void count(struct turn *t)
{
	const struct replay_state *state = t->replay->state;
	const struct replay *r = t->replay;
	size_t i;

	for (i = 0; i < REPLAY_VERDICTS; i++) {
		t->count[i] += state->count[i];
		t->packets += state->count[i];
	}
	if (state->wrong && !t->wrong) {
		t->wrong_frame = r->frame[state->wrong_slot];
		t->right_verdict = r->slot[state->wrong_slot].verdict;
		t->wrong_verdict = state->wrong_verdict;
	}
	t->wrong += state->wrong;
	t->failed += state->failed;
}

/* One test_run: how long it took, without the fraction of its mean */
static int run(const struct replay *r, int prog, const struct stretch *s, uint64_t repeat,
	       double *ns)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	const struct frame *frame = &r->frames->frame[s->frame];

	opts.data_in = r->frames->bytes + frame->at;
	opts.data_size_in = frame->len;
	opts.repeat = repeat > INT_MAX ? INT_MAX : (int)repeat;
	if (bpf_prog_test_run_opts(prog, &opts))
		return -errno;
	*ns = opts.repeat * (opts.duration + 0.5);
	return 0;
}

/* The stretch's next packets, each in a test_run of its own */
static int run_fresh(const struct replay *r, int prog, const struct stretch *s, uint64_t n)
{
	int ret = 0;

	while (n-- && !ret) {
		struct stretch one = { .frame = r->frame[s->first + r->state->at] };
		double unused;

		ret = run(r, prog, &one, 1, &unused);
	}
	return ret;
}

/* All packets of a stretch, so many times */
static int run_passes(struct turn *t, const struct stretch *s, uint64_t passes, double *sum)
{
	struct replay *r = t->replay;
	uint64_t left;
	double ns;
	int ret = 0;

	begin(t, s, passes * s->n);
	*sum = 0;
	if (r->fresh) {
		ret = run_fresh(r, r->one, s, r->state->left);
		*sum = (double)r->state->fresh_ns;
	}
	while (r->state->left && !ret) {
		left = r->state->left;
		ret = run(r, r->replay, s, (left + r->runs - 1) / r->runs, &ns) ?:
		      r->state->left < left ? 0 : -EIO;
		*sum += ns;
	}
	count(t);
	return ret;
}

/* In pieces, of which the middle half counts: what disturbs the machine is shorter than a batch */
double replay_batch(void *turn, uint64_t units)
{
	struct turn *t = turn;
	uint64_t passes = units / t->seq->n, pieces = passes < PIECES ? passes : PIECES, k, some;
	double took[PIECES], sum = 0;
	size_t i;
	int ret = call(t->replay, t->s ? t->s->fds[t->batches++ % t->s->nloads] : t->fd);

	for (i = 0; i < t->seq->nstretches && !ret; i++) {
		for (k = 0; k < pieces && !ret; k++) {
			some = passes * (k + 1) / pieces - passes * k / pieces;
			ret = run_passes(t, &t->seq->stretch[i], some, &took[k]);
			took[k] /= (double)some;
		}
		if (!ret)
			sum += stats_middle(took, pieces) * (double)passes;
	}
	t->passes += passes;
	return ret ?: sum;
}

int replay_each(struct turn *t, unsigned int passes, double *took)
{
	struct replay *r = t->replay;
	unsigned int times = r->fresh ? FRESH_RUNS : 1;
	double ns;
	size_t i, k;
	int ret = call(r, t->fd);

	for (i = 0; i < t->seq->nstretches && !ret; i++) {
		const struct stretch *s = &t->seq->stretch[i];

		for (k = s->first; k < (size_t)s->first + s->n; k++)
			r->took[k] = UINT64_MAX;
		begin(t, s, (uint64_t)passes * s->n * times);
		ret = r->fresh ? run_fresh(r, r->one, s, r->state->left) :
				 run(r, r->each, s, r->state->left, &ns);
		if (!ret && r->state->left)
			ret = -EIO;
		for (k = s->first; k < (size_t)s->first + s->n; k++)
			took[k - t->seq->stretch[0].first] =
				(double)r->took[k] / (r->fresh ? 1 : r->runs);
		count(t);
	}
	return ret;
}

int replay_cold(struct turn *t, double *ns, size_t n)
{
	struct replay *r = t->replay;
	const struct stretch *s;
	size_t i, done = 0, share;
	double unused;
	int ret = call(r, t->fd);

	for (i = 0; i < t->seq->nstretches && !ret && done < n; i++) {
		s = &t->seq->stretch[i];
		share = i + 1 == t->seq->nstretches ? n - done :
			(n - done) * s->n / t->seq->n;
		if (!share)
			continue;
		if (share > REPLAY_COLD)
			share = REPLAY_COLD;
		begin(t, s, share);
		/* not always the first ones */
		r->state->at = rand() % s->n;
		ret = r->fresh ? run_fresh(r, r->cold, s, share) :
				 run(r, r->cold, s, share, &unused);
		for (share = 0; share < r->state->colds; share++)
			ns[done++] = r->state->cold_ns[share];
		count(t);
	}
	return ret ?: (int)done;
}
