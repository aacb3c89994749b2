// SPDX-License-Identifier: GPL-2.0-only
/*
 * Before a run prints anything: are two known delays read as what they are? Over
 * veth, whatever the run's own device is: the hook is the same code, and no
 * hardware's netdev has to be taken away from its namespace for it.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "bench/self/delays.h"
#include "bench/self/selfcheck.h"
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "driver/driver.h"
#include "net/foreign.h"

/* Rounds of each try; another follows while it is not told whether a delay is read rightly */
static const unsigned int rounds[] = { 6, 24, 60, 150 };

static const uint64_t delays[] = { 20, 100 };

#define NDELAYS ARRAY_SIZE(delays)

static struct {
	bool checked;
	char why[256];			/* not checked */
	double limit, ns;		/* what may be missed; what the check itself took */
	unsigned int rounds;		/* of the last try */
	struct delay_estimate is[NDELAYS];
} self;

/* The worse of the two methods */
static enum within state_of(size_t i)
{
	const struct delay_estimate *e = &self.is[i];
	double delay = delays[i];
	enum within stamps = stats_within(e->stamps.mean - delay, e->stamps.half, self.limit);
	enum within throughput = stats_within(e->throughput.mean - delay, e->throughput.half,
					      self.limit);

	return stamps > throughput ? stamps : throughput;
}

static enum within state(void)
{
	enum within worst = WITHIN_HELD;
	size_t i;

	for (i = 0; i < NDELAYS; i++)
		if (state_of(i) > worst)
			worst = state_of(i);
	return worst;
}

void selfcheck_run(bool quick)
{
	size_t i, tries = ARRAY_SIZE(rounds) - quick;
	struct delays d;
	struct device veth;
	double begin = now_ns();
	int ret;

	self.limit = delays_limit();
	if (delays_available(self.why, sizeof(self.why)))
		return;
	device_made(&veth);
	foreign_begin();
	ret = delays_setup(&d, &veth);
	for (i = 0; i < tries && !ret && (!i || state() == WITHIN_NOT_TOLD); i++) {
		self.rounds = rounds[i];
		ret = delays_run(&d, delays, NDELAYS, rounds[i], self.is);
	}
	cleanup_all();
	self.ns = now_ns() - begin;
	if (ret)
		snprintf(self.why, sizeof(self.why), "%s",
			 interrupted() ? "interrupted" : strerror(-ret));
	else if (!delays_counts_agree(&d))
		snprintf(self.why, sizeof(self.why), "frames were lost");
	else if (!foreign_seen(self.why, sizeof(self.why)))
		self.checked = true;
}

void selfcheck_leave_out(const char *why)
{
	snprintf(self.why, sizeof(self.why), "%s", why);
}

enum validity selfcheck_validity(char *why, size_t len)
{
	enum within worst = state();
	size_t i;

	why[0] = '\0';
	if (!self.checked || worst == WITHIN_HELD)
		return VALIDITY_VALID;
	for (i = 0; state_of(i) != worst; i++)
		;
	snprintf(why, len,
		 "self-check: %s within %g ns: a delay of %llu ns was read as %.1f +- %.1f ns by time stamps, %.1f +- %.1f ns by throughput",
		 within_name(worst), self.limit, (unsigned long long)delays[i],
		 self.is[i].stamps.mean, self.is[i].stamps.half, self.is[i].throughput.mean,
		 self.is[i].throughput.half);
	return VALIDITY_INDICATIVE;
}

void selfcheck_print(FILE *out)
{
	size_t i;

	if (!self.checked) {
		fprintf(out, "self-check: not checked: %s\n", self.why);
		return;
	}
	fprintf(out, "self-check: ");
	for (i = 0; i < NDELAYS; i++)
		fprintf(out, "%s%llu ns read as %.1f +- %.1f and %.1f +- %.1f", i ? ", " : "",
			(unsigned long long)delays[i], self.is[i].stamps.mean,
			self.is[i].stamps.half, self.is[i].throughput.mean,
			self.is[i].throughput.half);
	fprintf(out, ": %s%s\n", within_name(state()),
		state() == WITHIN_HELD ? "" : ", indicative at best");
}

static struct json_object *method_json(const struct delay_method *r)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "ns", json_number(r->mean));
	json_object_object_add(o, "half_width", json_number(r->half));
	json_object_object_add(o, "systematic", json_number(r->systematic));
	return o;
}

static struct json_object *to_json(void)
{
	struct json_object *o = json_object_new_object(), *list, *one;
	size_t i;

	json_object_object_add(o, "checked", json_object_new_boolean(self.checked));
	if (!self.checked) {
		json_add_string(o, "reason", self.why);
		return o;
	}
	json_add_string(o, "state", within_name(state()));
	json_object_object_add(o, "limit", json_number(self.limit));
	json_object_object_add(o, "rounds", json_object_new_uint64(self.rounds));
	json_object_object_add(o, "seconds", json_number(self.ns / 1e9));
	list = json_object_new_array();
	json_object_object_add(o, "delays", list);
	for (i = 0; i < NDELAYS; i++) {
		one = json_object_new_object();
		json_object_object_add(one, "delay", json_object_new_uint64(delays[i]));
		json_object_object_add(one, "stamps", method_json(&self.is[i].stamps));
		json_object_object_add(one, "throughput", method_json(&self.is[i].throughput));
		json_add_string(one, "state", within_name(state_of(i)));
		json_object_array_add(list, one);
	}
	return o;
}

struct json_object *selfcheck_add(struct json_object *environment)
{
	json_object_object_add(environment, "self_check", to_json());
	return environment;
}
