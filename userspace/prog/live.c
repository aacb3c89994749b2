// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program at a NIC, with the packets that another machine sends: one of hookcost's is there in
 * its place, and calls it, and before it an empty one, for each packet as it comes. What is
 * between the two is the program's.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bench/bench.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "hook/hook.h"
#include "kernel/env_judge.h"
#include "live.bpf.h"
#include "live.skel.h"
#include "prog/tables.h"

/* Packets of a batch, which is no longer than that, nor shorter */
#define PACKETS		2000
#define MOST_NS		1e9
#define LEAST_NS	2e6
#define STEP_US		500

struct place {
	struct prog *p;
	struct net net;
	struct hook hook;		/* at XDP */
	int link;			/* at tcx, also of a program that is for cls_bpf; -1 */
	struct live_bpf *live;
	struct live sum;		/* until the last batch */
	bool silent;			/* packets were waited for in vain */
};

/* Of a program: its batches' times, in all and by verdict, per packet */
struct series {
	const struct subject *s;
	double *ns, *by[REPLAY_VERDICTS];
	size_t n, nby[REPLAY_VERDICTS];
	uint64_t packets[REPLAY_VERDICTS], failed, all;
};

static void place_end(void *arg)
{
	struct place *pl = arg;

	if (pl->hook.link)
		hook_detach(&pl->hook);
	pl->hook.link = NULL;
	if (pl->link >= 0)
		close(pl->link);
	pl->link = -1;
	live_bpf__destroy(pl->live);
	pl->live = NULL;
}

static int add_up(const struct place *pl, struct live *sum)
{
	int n = libbpf_num_possible_cpus(), cpu;
	__u32 zero = 0;
	struct live *each;
	size_t i;

	if (n < 0)
		return n;
	each = xcalloc(n, sizeof(*each));
	memset(sum, 0, sizeof(*sum));
	if (bpf_map_lookup_elem(bpf_map__fd(pl->live->maps.counts), &zero, each)) {
		free(each);
		return -errno;
	}
	for (cpu = 0; cpu < n; cpu++) {
		for (i = 0; i < REPLAY_VERDICTS; i++) {
			sum->packets[i] += each[cpu].packets[i];
			sum->ns[i] += each[cpu].ns[i];
			sum->empty[i] += each[cpu].empty[i];
		}
		sum->failed += each[cpu].failed;
	}
	free(each);
	return 0;
}

static uint64_t packets_of(const struct live *l)
{
	uint64_t n = l->failed;
	size_t i;

	for (i = 0; i < REPLAY_VERDICTS; i++)
		n += l->packets[i];
	return n;
}

static int call(const struct place *pl, __u32 which, int fd)
{
	return bpf_map_update_elem(bpf_map__fd(pl->live->maps.called), &which, &fd, BPF_ANY) ?
		       -errno : 0;
}

/* As the program itself is loaded, else it could not be called */
static int load(struct place *pl, const struct subject *s)
{
	bool xdp = s->type == BPF_PROG_TYPE_XDP;
	struct bpf_program *prog[2];
	size_t i;
	int ret;

	pl->live = live_bpf__open();
	if (!pl->live)
		return -errno;
	prog[0] = xdp ? pl->live->progs.live_xdp : pl->live->progs.live_tc;
	prog[1] = xdp ? pl->live->progs.nothing_xdp : pl->live->progs.nothing_tc;
	for (i = 0; i < ARRAY_SIZE(prog); i++) {
		bpf_program__set_autoload(prog[i], true);
		bpf_program__set_expected_attach_type(prog[i], s->attach);
		if (s->frags)
			bpf_program__set_flags(prog[i], BPF_F_XDP_HAS_FRAGS);
	}
	pl->hook.prog = prog[0];
	ret = live_bpf__load(pl->live);
	return ret ?: call(pl, LIVE_EMPTY, bpf_program__fd(prog[1])) ?:
		      call(pl, LIVE_PROGRAM, s->fd);
}

/* By links, which go with this process however it ends: the netdev is not ours */
static int attach(struct place *pl)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	int ret;

	if (pl->hook.ops == &hook_xdp)
		return hook_attach(&pl->hook);
	ret = net_enter(&pl->net.b);
	if (ret)
		return ret;
	pl->link = bpf_link_create(bpf_program__fd(pl->hook.prog), (int)pl->net.b.ifindex,
				   BPF_TCX_INGRESS, &opts);
	ret = pl->link < 0 ? -errno : 0;
	if (ret)
		err("cannot attach a TC program by a link (tcx): %s", strerror(-ret));
	return net_leave(&pl->net) ?: ret;
}

/* What has come since the last batch; -ENODATA: nothing for as long as is waited */
static int batch(struct place *pl, struct live *now)
{
	double begin = now_ns(), wait = 1e9 * pl->p->opts->device->wait, took = 0;
	uint64_t before = packets_of(&pl->sum), n = 0;
	int ret = 0;

	while (!ret && !interrupted()) {
		ret = add_up(pl, now);
		n = packets_of(now) - before;
		took = now_ns() - begin;
		if (took > LEAST_NS && (n >= PACKETS || (n && took > MOST_NS)))
			return ret;
		if (!n && took > wait)
			return -ENODATA;
		if (!n)
			progress("waiting for frames from the other machine", 0, 0);
		usleep(STEP_US);
	}
	return ret ?: -EINTR;
}

static void keep(struct series *se, const struct live *now, const struct live *before)
{
	double more = 0, one;
	uint64_t all = 0, n;
	size_t i;

	for (i = 0; i < REPLAY_VERDICTS; i++) {
		n = now->packets[i] - before->packets[i];
		if (!n)
			continue;
		one = (double)(now->ns[i] - before->ns[i]) -
		      (double)(now->empty[i] - before->empty[i]);
		se->by[i][se->nby[i]++] = one / (double)n;
		se->packets[i] += n;
		more += one;
		all += n;
	}
	se->failed += now->failed - before->failed;
	se->all += all;
	if (all)
		se->ns[se->n++] = more / (double)all;
}

static int run(struct place *pl, struct series *se)
{
	unsigned int batches = pl->p->batches, k;
	struct live now;
	int ret = add_up(pl, &pl->sum);

	for (k = 0; k < batches && !ret; k++) {
		progress("at the NIC", k, batches);
		ret = call(pl, LIVE_PROGRAM, se->s->fds[k % se->s->nloads]) ?:
		      add_up(pl, &pl->sum) ?: batch(pl, &now);
		if (!ret)
			keep(se, &now, &pl->sum);
	}
	progress_end();
	return ret;
}

static void put(struct row *row, const double *ns, size_t n, uint64_t packets, uint64_t all)
{
	double *v = xcalloc(n + 1, sizeof(*v));
	struct stats st;

	row_set(row, "share", all ? 100.0 * (double)packets / (double)all : NAN);
	row_set(row, "packets", (double)packets);
	row_raw(row, "ns", "ns", ns, n);
	memcpy(v, ns, n * sizeof(*v));
	stats_of(v, n, &st);
	free(v);
	row_set_median(row, "ns", &st);
	row_set(row, "iqr", st.iqr);
	row_spread_validity(row, &st);
}

static void put_rows(struct table *t, struct row *whole, const struct series *se)
{
	char *key, *label, name[32];
	struct row *row;
	size_t i;

	put(whole, se->ns, se->n, se->all, se->all);
	if (se->failed)
		row_reason(whole, VALIDITY_INVALID, "not_called",
			   "%llu packets passed without it: the kernel did not call it",
			   (unsigned long long)se->failed);
	for (i = 0; i < REPLAY_VERDICTS; i++) {
		if (!se->packets[i])
			continue;
		verdict_name(se->s->type, (int)i - 1, name, sizeof(name));
		key = xasprintf("%s:%s", se->s->key, name);
		label = xasprintf("  %s", name);
		row = table_row(t, key, label);
		free(key);
		free(label);
		put(row, se->by[i], se->nby[i], se->packets[i], se->all);
	}
}

static int measure(struct place *pl, const struct subject *s, struct table *t)
{
	struct row *whole = table_row(t, s->key, s->label);
	struct series se = { .s = s };
	size_t i;
	int ret;

	if (s->attach == BPF_TCX_EGRESS) {
		row_reason(whole, VALIDITY_NOT_MEASURED, "not_attached",
			   "a program for egress; packets arrive here");
		return 0;
	}
	if (!s->obj) {
		row_reason(whole, VALIDITY_NOT_MEASURED, "not_attached",
			   "it is loaded already, and not attached anew: hookcost watch times it");
		return 0;
	}
	se.ns = xcalloc(pl->p->batches, sizeof(*se.ns));
	for (i = 0; i < REPLAY_VERDICTS; i++)
		se.by[i] = xcalloc(pl->p->batches, sizeof(*se.ns));
	ret = load(pl, s) ?: attach(pl) ?: run(pl, &se);
	place_end(pl);
	if (ret)
		bench_not_measured(whole, ret, pl->p->opts->device, PEER_FRAMES);
	else
		put_rows(t, whole, &se);
	free(se.ns);
	for (i = 0; i < REPLAY_VERDICTS; i++)
		free(se.by[i]);
	return ret == -ENODATA ? 0 : ret;
}

int live_table(struct prog *p)
{
	static struct place pl;
	struct table *t = result_table(p->res, "live", "At the NIC: packets as they come");
	char refused[256];
	size_t i;
	int ret;

	pl = (struct place){ .p = p, .link = -1 };
	table_column(t, "share", "packets", "%", 1);
	table_column(t, "ns", "program", "ns/packet", 1);
	table_column(t, "iqr", "IQR", "ns", 1);
	table_column(t, "packets", "packets", "", 0);
	pl.hook.net = &pl.net;
	pl.hook.ops = prog_hook(p) == &hook_xdp ? &hook_xdp : &hook_tcx;
	/* the measured CPU belongs to the NIC's interrupts */
	cpu_leave();
	ret = net_setup(&pl.net, p->opts->device) ?: net_napi(&pl.net, true) ?:
	      cleanup_push(place_end, &pl);
	for (i = 0; i < p->nsubjects && !ret; i++)
		ret = measure(&pl, &p->subject[i], t);
	result_note(p->res,
		    "At the NIC: at %s, called by a program of hookcost's for each packet that the other machine sends, after an empty one; between them is the program's own time, with the packet not in the caches.",
		    pl.hook.ops->label);
	if (!ret && p->opts->device->ops->refused(refused, sizeof(refused)))
		result_note(p->res, "Device: %s.", refused);
	return ret;
}
