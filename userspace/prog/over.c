// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program on the way of a device's packets: one frame of each kind is sent again and again, by
 * the device's generator, to the program and to one that does nothing but return the same verdict.
 * What is between the two is the program's; what a frame takes in all holds the path, too.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/pkt_cls.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "bench/bench.h"
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "hook/hook.h"
#include "kernel/env_judge.h"
#include "measure/batch.h"
#include "prog/classes.h"
#include "prog/expect.h"
#include "prog/frames.h"
#include "prog/over.h"
#include "prog/tables.h"
#include "same.skel.h"

/* What is sent back has room in a send queue, if no more come before the driver's next turn */
#define BURST		64

static void over_end(void *arg)
{
	struct over *o = arg;

	if (o->hook.prog)
		hook_detach(&o->hook);
	o->hook.prog = NULL;
	same_bpf__destroy(o->same);
	o->same = NULL;
	if (o->promisc >= 0)
		close(o->promisc);
	o->promisc = -1;
}

/* Frames are sent as they were captured, to whatever address */
static int take_all(struct over *o)
{
	struct packet_mreq all = { .mr_ifindex = o->net.b.ifindex, .mr_type = PACKET_MR_PROMISC };
	int ret = net_enter(&o->net.b);

	if (ret)
		return ret;
	o->promisc = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (o->promisc < 0 || setsockopt(o->promisc, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all,
					 sizeof(all))) {
		ret = -errno;
		err("cannot have %s take all frames: %s", o->net.b.name, strerror(-ret));
	}
	return net_leave(&o->net) ?: ret;
}

static struct bpf_program *same_program(const struct over *o)
{
	return o->ops == &hook_xdp ? o->same->progs.same_xdp : o->same->progs.same_tc;
}

static int load_same(struct over *o)
{
	int ret;

	o->same = same_bpf__open();
	ret = o->same ? 0 : -errno;
	if (!ret) {
		bpf_program__set_autoload(same_program(o), true);
		/* at tcx a link is made by it; cls_bpf does not ask */
		if (o->ops == &hook_tcx)
			bpf_program__set_expected_attach_type(same_program(o), BPF_TCX_INGRESS);
		ret = same_bpf__load(o->same);
	}
	if (ret)
		err("cannot load a program that returns a verdict: %s", strerror(-ret));
	return ret;
}

static int setup(struct over *o)
{
	int ret = net_setup(&o->net, o->p->opts->device) ?: net_napi(&o->net, true) ?:
		  generator_setup(&o->gen, &o->net, GENERATOR_SHORT) ?: cleanup_push(over_end, o);

	o->hook.net = &o->net;
	o->hook.gen = &o->gen;
	o->hook.ops = o->ops;
	return ret ?: generator_burst(&o->gen, BURST) ?: take_all(o) ?: load_same(o);
}

/* One of its loads */
static struct bpf_program *program_of(struct lane *l)
{
	unsigned int k = l->batches++ % l->s->nloads;

	return k ? bpf_object__find_program_by_name(l->s->again[k], l->s->name) : l->s->prog;
}

static int put_program(struct lane *l)
{
	struct over *o = l->o;
	struct bpf_program *prog = l->s ? program_of(l) : same_program(o);

	if (!l->s)
		o->same->bss->verdict = l->verdict;
	if (o->hook.prog == prog)
		return 0;
	/* at XDP one takes the other's place */
	if (o->hook.prog && !o->ops->in_driver)
		hook_detach(&o->hook);
	o->hook.prog = prog;
	return hook_attach(&o->hook);
}

static int put_frame(struct lane *l)
{
	const struct frames *f = l->o->p->frames;
	struct over *o = l->o;

	if (o->frame == l->frame)
		return 0;
	o->frame = l->frame;
	o->gen.len = f->frame[l->frame].len;
	memcpy(o->gen.frame, f->bytes + f->frame[l->frame].at, o->gen.len);
	return generator_frame(&o->gen);
}

int lane_put(struct lane *l)
{
	return put_program(l) ?: put_frame(l);
}

int lane_count(struct lane *l, int sign)
{
	struct net_count c;
	int ret = net_count(&l->o->net, &c);

	if (ret)
		return ret;
	l->sent += sign * l->o->gen.sent;
	l->received += sign * c.received;
	l->dropped += sign * c.dropped;
	return 0;
}

static double lane_batch(void *arg, uint64_t units)
{
	struct lane *l = arg;
	double ns;
	int ret = lane_put(l) ?: lane_count(l, -1);

	if (ret)
		return ret;
	ns = generator_run(&l->o->gen, units);
	if (ns < 0)
		return ns;
	return lane_count(l, 1) ?: ns;
}

static void judge(struct row *row, const struct lane *l, const char *whose)
{
	bool xdp = l->o->ops == &hook_xdp;

	row_ledger(row, "driver", whose, (const struct ledger[]){
		{ "frames sent", l->sent, l->sent },
		{ "received by the driver", l->received, l->sent },
		{ "dropped by XDP", l->dropped,
		  xdp && (l->verdict == XDP_DROP || l->verdict == XDP_ABORTED) ? l->sent : 0 },
		{ }
	});
}

static void fill(struct row *row, const struct variant *same, const struct variant *prog, size_t n)
{
	struct stats more, all;

	stats_less_each(prog->ns, same->ns, n, &more);
	stats_less_each(prog->ns, NULL, n, &all);
	row_set_median(row, "ns", &more);
	row_set(row, "iqr", more.iqr);
	row_set_median(row, "all", &all);
	row_set_rate(row, "mpps", 1000, &all);
	row_raw(row, "program", "ns", prog->ns, n);
	row_raw(row, "same", "ns", same->ns, n);
	row_spread_validity(row, &all);
	bench_linear(row, VALIDITY_INDICATIVE, NULL, "frames", prog);
}

/* A reason why such a frame cannot be sent to such a program; NULL: it can */
static const char *obstacle(const struct over *o, const struct class *class, int verdict)
{
	if (class->kinds > 1)
		return "they are of several kinds";
	if (o->p->frames->frame[class->frame[0]].len > GENERATOR_LONG)
		return "longer than a frame of the generator's";
	if (verdict == (o->ops == &hook_xdp ? XDP_REDIRECT : TC_ACT_REDIRECT))
		return "where it is redirected to is not where an empty program would";
	return NULL;
}

/* Before XDP, a NIC may take off what is in front of the headers */
static void note_tag(struct row *row, const struct frames *f, const struct lane *l)
{
	const uint8_t *data = f->bytes + f->frame[l->frame].at;
	unsigned int protocol = data[2 * ETH_ALEN] << 8 | data[2 * ETH_ALEN + 1];

	if (protocol == ETH_P_8021Q || protocol == ETH_P_8021AD)
		row_note(row, "tag",
			 "a device with rx-vlan-offload has taken the tag off before the program sees it (ethtool -k)");
}

static int measure(struct over *o, const struct subject *s, const struct class *class,
		   struct row *row)
{
	size_t frame = class->frame[0], n = o->p->batches;
	int verdict = s->expected[frame].verdict, ret;
	struct lane lane[2] = {
		{ .o = o, .frame = frame, .verdict = verdict },
		{ .o = o, .s = s, .frame = frame, .verdict = verdict },
	};
	struct variant v[2] = {
		{ .name = "same verdict", .fn = lane_batch, .arg = &lane[0] },
		{ .name = s->label, .fn = lane_batch, .arg = &lane[1] },
	};
	const char *why = obstacle(o, class, verdict);

	v[0].plan.units = OVER_FRAMES;
	v[1].plan.units = OVER_FRAMES;
	row_set(row, "number", o->p->frames->frame[frame].number);
	if (why) {
		row_reason(row, VALIDITY_NOT_MEASURED, "not_sent", "%s", why);
		return 0;
	}
	ret = batch_compare(v, 2, n, "over the device") ?: over_stamps(o, lane, v, row);
	if (!ret) {
		fill(row, &v[0], &v[1], n);
		row_set(row, "frames", lane[1].sent);
		judge(row, &lane[0], "with the same verdict");
		judge(row, &lane[1], NULL);
		note_tag(row, o->p->frames, &lane[1]);
	}
	variants_free(v, 2);
	return ret;
}

static void by_both(const struct prog *p, const struct subject *s, uint32_t frame, char *name)
{
	char headers[CLASS_NAME], verdict[32];

	class_by_headers(p, s, frame, headers);
	snprintf(name, CLASS_NAME, "%s: %.40s",
		 verdict_name(s->type, s->expected[frame].verdict, verdict, sizeof(verdict)),
		 headers);
}

static int rows_of(struct over *o, const struct subject *s, struct table *t)
{
	struct classes classes;
	char *key, *label;
	struct row *row;
	size_t i;
	int ret = 0;

	classes_make(o->p, s, by_both, &classes);
	for (i = 0; i < classes.n && !ret; i++) {
		key = xasprintf("%s:%s", s->key, classes.class[i].name);
		label = xasprintf("%s%s%s", o->p->nsubjects > 1 ? s->label : "",
				  o->p->nsubjects > 1 ? ": " : "", classes.class[i].name);
		row = table_row(t, key, label);
		free(key);
		free(label);
		row_set(row, "share", 100.0 * classes.class[i].n / o->p->frames->norder);
		ret = measure(o, s, &classes.class[i], row);
		if (ret)
			contest_failed(row, ret);
	}
	classes_free(&classes);
	return ret;
}

/* A reason why no program of this kind can be there; NULL: it can */
static const char *lacks(const struct prog *p)
{
	size_t i;

	for (i = 0; i < p->nsubjects; i++) {
		if (!p->subject[i].obj)
			return "it is loaded already, and not attached anew: name its object";
		if (p->subject[i].attach == BPF_TCX_EGRESS)
			return "a program for egress; packets arrive here";
	}
	return NULL;
}

const struct hook_ops *prog_hook(const struct prog *p)
{
	return p->subject[0].type == BPF_PROG_TYPE_XDP ? &hook_xdp :
	       p->subject[0].attach == BPF_TCX_INGRESS ? &hook_tcx : &hook_cls_bpf;
}

int over_table(struct prog *p)
{
	static struct over o;
	const char *why = lacks(p);
	char unstamped[256];
	struct table *t;
	size_t i;
	int ret;

	o = (struct over){ .p = p, .promisc = -1, .frame = p->frames->n };
	o.ops = prog_hook(p);
	over_stamps_find(&o, unstamped, sizeof(unstamped));
	t = result_table(p->res, "over", "Over the device: by verdict, protocol and length");
	table_column(t, "share", "packets", "%", 1);
	table_column(t, "number", "frame", "", 0);
	table_column(t, "ns", "program", "ns/packet", 1);
	table_column(t, "iqr", "IQR", "ns", 1);
	over_stamps_columns(&o, t);
	result_fact(p->res, "over_hook", json_object_new_string(o.ops->name));
	table_column(t, "all", "in all", "ns/packet", 1);
	table_column(t, "mpps", "rate", "Mpps", 2);
	table_column(t, "frames", "frames", "", 0);
	if (why) {
		row_reason(table_row(t, p->subject[0].key, p->subject[0].label),
			   VALIDITY_NOT_MEASURED, "not_attached", "%s", why);
		return 0;
	}
	ret = setup(&o);
	for (i = 0; i < p->nsubjects && !ret; i++)
		ret = rows_of(&o, &p->subject[i], t);
	result_note(p->res,
		    "Over the device: at %s, each row's frame again and again, against a program that returns the same verdict; \"in all\" contains the path%s.",
		    o.ops->label, p->opts->device->ops->generator->ebpf ?
		    " and the program that makes the frames" : " and the model");
	if (o.stamps)
		result_note(p->res,
			    "By stamps: the same difference by the time stamps of the hook itself, which are off while \"program\" is measured; \"apart\": how much more they say.");
	else
		result_note(p->res, "Not by stamps: %s.", unstamped);
	return ret;
}
