// SPDX-License-Identifier: GPL-2.0-only
/* chain: frames through chains, counted by each member */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/chain/chain.h"
#include "core/run.h"
#include "core/util.h"
#include "measure/batch.h"

#define BATCH_NS	11e6
#define TRIAL_FRAMES	256
#define SETTLE_TRIES	1000
#define SETTLE_US	1000

void chain_clear(struct chain *c)
{
	hook_chain_detach(&c->at);
	c->now = NULL;
}

int chain_place(struct chain_point *p, char *why, size_t len)
{
	const char *provoke = getenv("HOOKCOST_PROVOKE") ?: "";
	struct chain *c = p->c;
	int *prog, ret;
	size_t i;
	bool tcx;

	if (c->now == p)
		return 0;
	c->now = NULL;
	tcx = p->place == CHAIN_TCX;
	if (c->at.tcx != tcx)
		chain_clear(c);
	ret = chain_set_grow(p->set, p->n, why, len) ?: chain_set_grow(&c->end, 1, why, len);
	if (ret)
		return ret;
	prog = xcalloc(p->n + 1, sizeof(*prog));
	for (i = 0; i < p->n; i++)
		prog[i] = p->set->prog[p->set->share == CHAIN_ONCE ? 0 : i].fd;
	prog[i] = c->end.prog->fd;
	c->at.net = &c->net;
	c->at.tcx = tcx;
	ret = hook_chain_attach(&c->at, prog, p->n + 1, why, len);
	free(prog);
	if (ret)
		return ret;
	c->now = p;
	/* a member that is missing: for a test of the counts */
	if (!strcmp(provoke, "detached") && p->n)
		ret = hook_chain_detach_one(&c->at, p->n / 2);
	return ret;
}

/* What the counters say now; as negative numbers they are what a batch begins with */
static int count(struct chain_point *p, int sign)
{
	struct net_count n;
	int ret = net_count(&p->c->net, &n);

	if (ret)
		return ret;
	p->sent += sign * p->c->gen.sent;
	p->received += sign * n.received;
	p->ended += sign * chain_set_runs(&p->c->end, 1);
	p->runs += sign * chain_set_runs(p->set, p->n);
	return 0;
}

/* The driver has them all; the stack behind it may be on another CPU, and is waited for */
static void settle(const struct chain *c, uint64_t ended)
{
	int tries;

	for (tries = 0; tries < SETTLE_TRIES && chain_set_runs(&c->end, 1) < ended; tries++)
		usleep(SETTLE_US);
}

static double batch(void *arg, uint64_t units)
{
	struct chain_point *p = arg;
	struct chain *c = p->c;
	uint64_t sent = c->gen.sent, ended;
	char why[256];
	double ns;
	int ret;

	ret = chain_place(p, why, sizeof(why));
	if (ret) {
		err("%s, %zu programs: %s", p->name, p->n, why);
		return ret;
	}
	ret = count(p, -1);
	if (ret)
		return ret;
	ended = chain_set_runs(&c->end, 1);
	ns = generator_run(&c->gen, units);
	if (ns < 0)
		return ns;
	settle(c, ended + c->gen.sent - sent);
	return count(p, 1) ?: ns;
}

/* So many frames that a batch takes a little more than 10 ms; 0 or -errno */
static int find_units(struct chain_point *p, uint64_t *units)
{
	double ns = batch(p, TRIAL_FRAMES);

	if (ns < 0)
		return (int)ns;
	*units = ns >= BATCH_NS ? TRIAL_FRAMES :
		 (uint64_t)(TRIAL_FRAMES * BATCH_NS / (ns > 1 ? ns : 1)) + 1;
	return 0;
}

int chain_measure(struct chain *c, struct chain_point *p, size_t n, const char *what)
{
	struct variant *v = xcalloc(n, sizeof(*v));
	int ret = 0;
	size_t i;

	for (i = 0; i < n && !ret; i++) {
		p[i].c = c;
		v[i] = (struct variant){ .name = p[i].name, .fn = batch, .arg = &p[i] };
		ret = find_units(&p[i], &v[i].plan.units);
	}
	ret = ret ?: batch_rounds(v, n, c->opts->batches, what);
	c->now = NULL;
	/* the times are the points' own from now on */
	for (i = 0; i < n; i++) {
		p[i].ns = v[i].ns;
		v[i].ns = NULL;
	}
	variants_free(v, n);
	free(v);
	return ret;
}

void chain_points_free(struct chain_point *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		free(p[i].ns);
		p[i].ns = NULL;
	}
}

void chain_judge(const struct chain_point *p, struct row *row)
{
	row_ledger(row, "driver", p->name, (const struct ledger[]){
		{ "frames sent", p->sent, p->sent },
		{ "received by the driver", p->received, p->sent },
		{ }
	});
	row_ledger(row, "program", p->name, (const struct ledger[]){
		{ "frames sent", p->sent, p->sent },
		{ "runs of the chain's members", p->runs, p->n * p->sent },
		{ "of its end", p->ended, p->sent },
		{ }
	});
}
