// SPDX-License-Identifier: GPL-2.0-only
/*
 * Known delays at the native hook, and what the two methods make of them.
 *
 * A delay is compared with a delay of 0 that ran in the same round, so that all
 * that a packet costs besides falls out, and so does a drift that is slower than
 * a round. The methods are the histogram's mean, and the time per frame while the hook
 * takes no stamps. A round's difference is one draw; a run's estimate is the mean of
 * the rounds without a fifth of them at each end, with the interval that goes with
 * such a mean.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/self/delays.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "hook/hook.h"
#include "hook/native.h"
#include "kernel/env.h"
#include "xdp.skel.h"

#define PROGRAM		"delay_drop"
#define FRAMES		2048
#define BURST		64
#define SETTLE_TRIES	200
#define SETTLE_US	1000
/* A sample that is longer than the median by more holds an interrupt */
#define DISTURBED_NS	100
#define TRIM		0.2
/*
 * What an interval of the scatter alone does not know. A delay: its first and its last
 * cycle, and the rate by which it was made, measured for 50 ms. A clock with steps: where
 * in a step an interval begins, which is not quite even; a block begins and ends in one.
 * Throughput: what the CPU does of a frame's neighbours while it is delayed, in spite of the
 * fences. That cannot be told from outside; it was 2 ns at most where it was looked for, with
 * either sign.
 */
#define CYCLE		"/sys/module/hookcost_native/parameters/delay_cycle_ps"
#define CYCLES_UNKNOWN	2
#define RATE_ERROR	0.001
#define STEP_UNEVEN	0.1
#define OVERLAP_NS	2.0
#define LIMIT_BARE_NS	1.0
#define LIMIT_VM_NS	3.0

int delays_available(char *why, size_t len)
{
	struct probe_native n;
	int ret = probe_available(why, len);

	if (ret)
		return ret;
	if (env_get()->emulated) {
		snprintf(why, len, "the CPU is emulated, its times are none");
		return -ENODEV;
	}
	if (probe_read_native(&n)) {
		snprintf(why, len, "the native hook's table cannot be read");
		return -ENODEV;
	}
	return probe_native_usable(&n, PROGRAM, why, len) ? 0 : -ENODEV;
}

double delays_limit(void)
{
	const struct env *e = env_get();

	return e->uml || e->hypervisor ? LIMIT_VM_NS : LIMIT_BARE_NS;
}

double delays_cycle(void)
{
	char text[32];
	uint64_t ps;

	return read_line(CYCLE, text, sizeof(text)) && parse_u64(text, &ps) ? ps / 1000.0 : 0;
}

static void delays_end(void *arg)
{
	struct delays *d = arg;

	probe_all_off();
	probe_hook_free(&d->hook);
	memset(&d->hook, 0, sizeof(d->hook));
}

int delays_setup(struct delays *d, const struct device *dev)
{
	int ret;

	memset(d, 0, sizeof(*d));
	ret = cleanup_push(delays_end, d);
	if (ret)
		return ret;
	ret = cpu_pin();
	if (ret < 0)
		return ret;
	ret = net_setup(&d->net, dev) ?: generator_setup(&d->gen, &d->net, GENERATOR_BYTES) ?:
	      probe_set_clock("plain") ?: net_enter(&d->net.b);
	if (ret)
		return ret;
	ret = probe_set_device(d->net.b.name);
	d->gen.unsettled = true;
	return net_leave(&d->net) ?: ret ?: generator_burst(&d->gen, BURST);
}

/* What the hook has, when it has as many samples as frames were sent, or never will */
static int read_settled(struct delays *d, uint64_t samples, struct probe_hook *now)
{
	const struct probe_phase *p;
	int i, ret;

	for (i = 0; ; i++) {
		ret = probe_read_hook(XDP_TABLE, now);
		if (ret)
			return ret;
		p = probe_phase(now, "prep");
		if (!p || p->count >= samples || i == SETTLE_TRIES || interrupted())
			return 0;
		probe_hook_free(now);
		usleep(SETTLE_US);
	}
}

static int take_samples(struct delays *d, uint64_t sent, double *ns)
{
	const struct probe_phase *p = probe_phase(&d->hook, "prep");
	struct probe_hook now, part;
	int ret;

	ret = read_settled(d, (p ? p->count : 0) + sent, &now);
	if (ret)
		return ret;
	probe_hook_copy(&part, &now);
	if (!probe_hook_since(&part, &d->hook)) {
		err("xdp: its histogram was reset while it was measured");
		ret = -EBADMSG;
	}
	probe_hook_free(&d->hook);
	d->hook = now;
	p = probe_phase(&part, "prep");
	if (!ret && (!p || !p->count || part.khz <= 0)) {
		err("hook xdp has recorded no sample of a delay");
		ret = -ENODATA;
	}
	if (!ret) {
		*ns = probe_mean(&part, p, DISTURBED_NS, NULL);
		d->samples += p->count;
	}
	probe_hook_free(&part);
	return ret;
}

/* One series by one method: its nanoseconds per packet */
static int measure(struct delays *d, uint64_t ns, bool stamps, double *point)
{
	uint64_t sent = d->gen.sent;
	double took;
	int ret;

	ret = native_run(&d->net, PROGRAM, ns);
	if (ret)
		return ret;
	took = generator_run(&d->gen, FRAMES);
	if (took < 0)
		return took;
	*point = took / FRAMES;
	ret = stamps ? take_samples(d, d->gen.sent - sent, point) : 0;
	return interrupted() ? -EINTR : ret;
}

/*
 * The delays and, as the last, the one of 0 that they are compared with. The hook takes
 * stamps only where they are read: its recording depends a little on the value.
 */
static int one_round(struct delays *d, const uint64_t *ns, size_t n, unsigned int round,
		     bool stamps, double *point)
{
	uint64_t sent = d->gen.sent;
	size_t i, k;
	int ret = probe_enable(stamps ? XDP_TABLE : "none");

	for (k = 0; k <= n && !ret; k++) {
		/* another one begins each time, so that none has always the same neighbours */
		i = (k + round / 2) % (n + 1);
		i = round % 2 ? n - i : i;
		ret = measure(d, i < n ? ns[i] : 0, stamps, &point[i]);
	}
	d->count.sent += d->gen.sent - sent;
	if (stamps)
		d->stamped += d->gen.sent - sent;
	return ret;
}

/* By both methods: v[method] has n times `rounds` differences against the round's delay of 0 */
static int all_rounds(struct delays *d, const uint64_t *ns, size_t n, unsigned int rounds,
		      double *const v[2])
{
	double point[DELAYS_MAX + 1];
	unsigned int r, method;
	int ret = 0;
	size_t i;

	for (r = 0; r < rounds; r++) {
		for (method = 0; method < 2; method++) {
			ret = one_round(d, ns, n, r, method == 0, point);
			if (ret)
				return ret;
			for (i = 0; i < n; i++)
				v[method][i * rounds + r] = point[i] - point[n];
		}
	}
	return 0;
}

static double clock_step(const struct delays *d)
{
	return cpu_tsc_step() > 1 ? cpu_tsc_step() * 1e6 / d->hook.khz : 0;
}

/* Until the driver is done with them, or for a while */
static int count_settled(const struct delays *d, uint64_t received, struct net_count *c)
{
	int i, ret;

	for (i = 0; ; i++) {
		ret = net_count(&d->net, c);
		if (ret || c->received >= received || i == SETTLE_TRIES || interrupted())
			return ret;
		usleep(SETTLE_US);
	}
}

int delays_run(struct delays *d, const uint64_t *ns, size_t n, unsigned int rounds,
	       struct delay_estimate *out)
{
	double *v[2] = {
		xcalloc(n * rounds, sizeof(double)), xcalloc(n * rounds, sizeof(double))
	};
	uint64_t sent = d->gen.sent;
	struct net_count before, after;
	int ret = n > DELAYS_MAX ? -EINVAL : 0;
	size_t i;

	if (!ret && !d->hook.nphases)
		ret = probe_reset() ?: probe_read_hook(XDP_TABLE, &d->hook);
	ret = ret ?: net_count(&d->net, &before) ?: all_rounds(d, ns, n, rounds, v) ?:
	      count_settled(d, before.received + d->gen.sent - sent, &after);
	for (i = 0; i < n && !ret; i++) {
		double known = CYCLES_UNKNOWN * delays_cycle() + RATE_ERROR * ns[i];

		stats_trimmed(&v[0][i * rounds], rounds, TRIM, &out[i].stamps.mean,
			      &out[i].stamps.half);
		stats_trimmed(&v[1][i * rounds], rounds, TRIM, &out[i].throughput.mean,
			      &out[i].throughput.half);
		out[i].stamps.systematic = known + STEP_UNEVEN * clock_step(d);
		out[i].throughput.systematic = known + clock_step(d) / d->gen.ops->block +
					       (ns[i] ? OVERLAP_NS : 0);
	}
	if (!ret) {
		d->count.received += after.received - before.received;
		d->count.dropped += after.dropped - before.dropped;
	}
	free(v[0]);
	free(v[1]);
	return ret;
}

bool delays_counts_agree(const struct delays *d)
{
	return frames_exact(&d->count) && d->stamped == d->samples;
}
