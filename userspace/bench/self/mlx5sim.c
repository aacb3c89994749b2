// SPDX-License-Identifier: GPL-2.0-only
/* What the software ConnectX and mlx5's driver can do: XDP_DROP of the shortest frames */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "driver/mlx5sim.h"
#include "hook/native.h"
#include "kernel/probe.h"
#include "measure/batch.h"
#include "net/ethtool.h"
#include "report/paper.h"
#include "traffic/generator.h"
#include "xdp.skel.h"

#define MIN_FRAMES	6000
#define STRIDING	"rx_striding_rq"

enum side { SIDE_EBPF, SIDE_NATIVE, SIDE_IDLE, SIDES };

static const char *const side_key[SIDES] = { "ebpf", "native", "generator" };
static const char *const side_name[SIDES] = { "eBPF", "native", "generator alone" };

/* A device, and how it receives */
struct path {
	const char *key, *label;
	const struct device *device;
	bool striding;			/* mlx5's receive queue */
};

struct sim {
	const struct bench_opts *opts;
	struct result *res;
	struct device mlx5, veth;
	char why[256];			/* there is no mlx5 */
	char lacks[256];		/* there is no native side */
	struct net net;
	struct generator gen;
	unsigned int batches;
	bool was_striding;
};

/* One side of a path, while it is timed */
struct point {
	struct sim *s;
	enum side side;
	struct frame_count count;
	uint64_t arrived;		/* at the port */
};

static const struct column_def columns[] = {
	{ "mpps", "rate", "Mpps", 2, "mpps" },
	{ "ns", "time", "ns/packet", 1 },
	{ "iqr", "IQR", "ns", 1 },
	{ "", "", .kind = COLUMN_MODEL },
	{ "frames", "frames", "", 0 },
	{ }
};

/* A path's key and a side's, each */
static const struct row_def rows[] = {
	{ "striding_ebpf", "mlx5, striding RQ, eBPF", "baseline" },
	{ "striding_native", "mlx5, striding RQ, native" },
	{ "striding_generator", "mlx5, striding RQ, generator alone" },
	{ "cyclic_ebpf", "mlx5, cyclic RQ, eBPF", "baseline" },
	{ "cyclic_native", "mlx5, cyclic RQ, native" },
	{ "cyclic_generator", "mlx5, cyclic RQ, generator alone" },
	{ "veth_ebpf", "veth, eBPF" },
	{ "veth_native", "veth, native" },
	{ "veth_generator", "veth, generator alone" },
	{ }
};

static const struct table_def tables[] = {
	{
		.key = "mlx5sim",
		.title = "XDP_DROP of the shortest frames, the generator's time included",
		.paper = "figure11",
		.columns = columns,
		.rows = rows,
	},
	{ }
};

static struct row *row_of(const struct sim *s, const struct path *p, enum side side)
{
	return result_row_over(s->res, "mlx5sim", p->key, side_key[side]);
}

/* Frames that the model has taken for the port; veth has no such counter */
static int arrived(const struct sim *s, uint64_t *n)
{
	if (s->net.dev->port < 0) {
		*n = s->gen.sent;
		return 0;
	}
	return mlx5sim_counter(s->net.dev->port, "rx_frames", n);
}

static double batch(void *arg, uint64_t units)
{
	struct point *p = arg;
	struct sim *s = p->s;
	uint64_t from, to;
	double ns;
	int ret = 0;

	if (!*s->lacks)
		ret = native_run(&s->net, p->side == SIDE_NATIVE ? "drop" : "off", 0);
	ret = ret ?: generator_count(&s->gen, &p->count, -1) ?: arrived(s, &from);
	if (ret)
		return ret;
	ns = generator_run(&s->gen, units);
	if (ns < 0)
		return ns;
	ret = generator_count(&s->gen, &p->count, 1) ?: arrived(s, &to);
	p->arrived += to - from;
	return ret ?: ns;
}

static void fill(struct sim *s, struct row *row, const struct point *p, const struct variant *v)
{
	bench_rate(row, v->ns, s->batches);
	bench_model(row, v, s->batches, "", "");
	bench_linear(row, VALIDITY_INVALID, NULL, "frames", v);
	if (p->side == SIDE_IDLE)
		return;
	row_set(row, "frames", p->count.sent);
	bench_frames(row, NULL, &p->count);
	row_ledger(row, "driver", NULL, (const struct ledger[]){
		{ "frames sent", p->count.sent, p->count.sent },
		{ "at the port", p->arrived, p->count.sent },
		{ }
	});
}

static void restore_rq(void *arg)
{
	struct sim *s = arg;

	if (!net_enter(&s->net.b))
		ethtool_set_flag(s->net.b.name, STRIDING, s->was_striding);
	net_leave(&s->net);
}

/* -ENOENT: the driver cannot be told which receive queue to have */
static int set_rq(struct sim *s, bool striding)
{
	int ret = net_enter(&s->net.b), left;

	if (ret)
		return ret;
	ret = ethtool_flag(s->net.b.name, STRIDING, &s->was_striding);
	if (!ret && s->was_striding != striding)
		ret = cleanup_push(restore_rq, s) ?:
		      ethtool_set_flag(s->net.b.name, STRIDING, striding);
	left = net_leave(&s->net);
	return ret ?: left;
}

static int setup(struct sim *s, const struct path *p)
{
	int ret = probe_off_at_end() ?: net_setup(&s->net, p->device);

	if (!ret && p->device == &s->mlx5)
		ret = set_rq(s, p->striding);
	return ret ?: generator_setup(&s->gen, &s->net, GENERATOR_SHORT);
}

static int compare(struct sim *s, const struct path *p, struct point *point, struct variant *v)
{
	size_t n = 0;
	int side;

	for (side = 0; side < SIDES; side++) {
		if (side == SIDE_NATIVE && *s->lacks)
			continue;
		point[n] = (struct point){ .s = s, .side = side };
		v[n].name = side_name[side];
		v[n].fn = side == SIDE_IDLE ? generator_idle_batch : batch;
		v[n].arg = side == SIDE_IDLE ? (void *)&s->gen : &point[n];
		v[n].plan.units = MIN_FRAMES;
		n++;
	}
	return batch_compare(v, n, s->batches, p->label);
}

static void no_rows(struct sim *s, const struct path *p, const char *why)
{
	enum side side;

	for (side = 0; side < SIDES; side++)
		row_weaken(row_of(s, p, side), VALIDITY_NOT_MEASURED, "%s", why);
}

static int measure_path(struct sim *s, const struct path *p)
{
	struct variant v[SIDES] = {};
	struct point point[SIDES] = {};
	size_t mark = cleanup_mark(), i = 0;
	int ret, side;

	if (p->device == &s->mlx5 && *s->why) {
		no_rows(s, p, s->why);
		return 0;
	}
	ret = setup(s, p) ?: compare(s, p, point, v);
	if (ret) {
		no_rows(s, p, ret == -EINTR ? "interrupted" : strerror(-ret));
	} else {
		for (side = 0; side < SIDES; side++) {
			struct row *row = row_of(s, p, side);

			if (side == SIDE_NATIVE && *s->lacks) {
				row_weaken(row, VALIDITY_NOT_MEASURED, "%s", s->lacks);
				continue;
			}
			fill(s, row, &point[i], &v[i]);
			i++;
		}
		if (!p->striding)
			result_note(s->res, "%s: %s; \"generator alone\": %s.",
				    p->device->ops->name, s->gen.ops->what, s->gen.ops->idle);
	}
	variants_free(v, SIDES);
	/* the next path has another device */
	cleanup_to(mark);
	return ret;
}

static int find_sides(struct sim *s)
{
	struct probe_native n;
	struct device d;
	int ret;

	device_made(&s->veth);
	s->mlx5 = *s->opts->device;
	/* it has both kinds of queue here */
	s->mlx5.striding = -1;
	s->why[0] = '\0';
	if (!s->mlx5.ops->model && !driver_mlx5.find(NULL, "", &d, s->why, sizeof(s->why)))
		snprintf(s->why, sizeof(s->why), "--device %s", s->mlx5.ops->name);
	if (probe_available(s->lacks, sizeof(s->lacks)))
		return 0;
	s->lacks[0] = '\0';
	ret = probe_read_native(&n);
	if (!ret)
		probe_native_usable(&n, "drop", s->lacks, sizeof(s->lacks));
	return ret;
}

static int mlx5sim_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct sim *s = state;
	const struct path paths[] = {
		{ "striding", "mlx5, striding RQ", &s->mlx5, true },
		{ "cyclic", "mlx5, cyclic RQ", &s->mlx5, false },
		{ "veth", "veth", &s->veth },
	};
	size_t i;
	int ret;

	s->opts = opts;
	s->res = res;
	s->batches = opts->batches;
	ret = find_sides(s);
	bench_device(res, &s->mlx5);
	for (i = 0; i < ARRAY_SIZE(paths) && !ret; i++)
		ret = measure_path(s, &paths[i]);
	result_note(res,
		    "Frames of %d bytes, 64 with FCS. The paper's rate is that of a ConnectX-6 at 100 Gbps whose packets another machine has made; here %s.",
		    GENERATOR_SHORT, cpu_count() > 1 ?
		    "the software NIC has another CPU, and the slower of the two makes the rate" :
		    "one CPU makes them, is the NIC and runs the driver");
	return ret;
}

const struct bench bench_mlx5sim = {
	.name = "mlx5sim",
	.title = "what mlx5's driver takes and drops over the software ConnectX, and veth",
	.seconds = 12,
	.seconds_quick = 6,
	.needs = "mlx5sim, kernel patches, hookcost_native (without: veth, eBPF only)",
	.wants = WANT_PATCHES,
	.headline = "mlx5sim mpps: striding_ebpf=striding+RQ cyclic_ebpf=cyclic+RQ veth_ebpf=veth",
	.sentence =
		"mlx5sim striding_ebpf ns / mlx5sim striding_native ns: An eBPF program that drops takes @x the native one's time, the generator's included",
	.batches = 20,
	.batches_quick = 6,
	.state = sizeof(struct sim),
	.tables = tables,
	.run = mlx5sim_run,
};
