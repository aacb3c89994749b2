// SPDX-License-Identifier: GPL-2.0-only
/*
 * Before a run prints anything: are two known delays read as what they are? Over
 * veth, whatever the run's own device is: the hook is the same code, and no
 * hardware's netdev has to be taken away from its namespace for it.
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "../lib/foreign.h"
#include "../lib/json.h"
#include "../lib/run.h"
#include "../lib/util.h"
#include "delays.h"
#include "selfcheck.h"

/* Rounds of each try; another follows while it is open whether a delay was missed */
static const unsigned int rounds[] = { 6, 24, 60 };

static const uint64_t delays[] = { 20, 100 };

#define NDELAYS ARRAY_SIZE(delays)

static struct {
	bool checked;
	char why[256];			/* not checked */
	double limit, ns;		/* what may be missed; what the check itself took */
	struct delay_estimate is[NDELAYS];
} self;

static bool is_missed(size_t i)
{
	const struct delay_estimate *e = &self.is[i];

	return fabs(e->stamps.mean - delays[i]) > self.limit ||
	       fabs(e->throughput.mean - delays[i]) > self.limit;
}

/* Missed, but the interval still holds values that would not be */
static bool is_open(double mean, double half, double delay)
{
	double off = fabs(mean - delay);

	return off > self.limit && off - half <= self.limit;
}

static bool any_open(void)
{
	const struct delay_estimate *e;
	size_t i;

	for (i = 0; i < NDELAYS; i++) {
		e = &self.is[i];
		if (is_open(e->stamps.mean, e->stamps.half, delays[i]) ||
		    is_open(e->throughput.mean, e->throughput.half, delays[i]))
			return true;
	}
	return false;
}

void selfcheck_run(void)
{
	struct delays d;
	struct device veth;
	double begin = now_ns();
	size_t i;
	int ret;

	self.limit = delays_limit();
	if (delays_available(self.why, sizeof(self.why)))
		return;
	if (device_choose("veth", "", &veth, self.why, sizeof(self.why)))
		return;
	foreign_begin();
	ret = delays_setup(&d, &veth);
	for (i = 0; i < ARRAY_SIZE(rounds) && !ret && (!i || any_open()); i++)
		ret = delays_run(&d, delays, NDELAYS, rounds[i], self.is);
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

enum verdict selfcheck_verdict(char *why, size_t len)
{
	size_t i;

	why[0] = '\0';
	for (i = 0; i < NDELAYS && self.checked; i++) {
		if (!is_missed(i))
			continue;
		snprintf(why, len,
			 "self-check: a delay of %llu ns was read as %.1f ns by time stamps, %.1f ns by throughput",
			 (unsigned long long)delays[i], self.is[i].stamps.mean,
			 self.is[i].throughput.mean);
		return VERDICT_INDICATIVE;
	}
	return VERDICT_VALID;
}

void selfcheck_print(FILE *out)
{
	char why[256];
	size_t i;

	if (!self.checked) {
		fprintf(out, "self-check: not checked: %s\n", self.why);
		return;
	}
	fprintf(out, "self-check: ");
	for (i = 0; i < NDELAYS; i++)
		fprintf(out, "%s%llu ns read as %.1f and %.1f", i ? ", " : "",
			(unsigned long long)delays[i], self.is[i].stamps.mean,
			self.is[i].throughput.mean);
	fprintf(out, ": %s\n", selfcheck_verdict(why, sizeof(why)) == VERDICT_VALID ?
		"held" : "missed, indicative at best");
}

static struct json_object *road_json(double mean, double half)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "ns", json_number(mean));
	json_object_object_add(o, "half_width", json_number(half));
	return o;
}

static struct json_object *to_json(void)
{
	struct json_object *o = json_object_new_object(), *list, *one;
	char why[256];
	bool held;
	size_t i;

	json_object_object_add(o, "checked", json_object_new_boolean(self.checked));
	if (!self.checked) {
		json_add_string(o, "reason", self.why);
		return o;
	}
	held = selfcheck_verdict(why, sizeof(why)) == VERDICT_VALID;
	json_object_object_add(o, "held", json_object_new_boolean(held));
	json_object_object_add(o, "limit", json_number(self.limit));
	json_object_object_add(o, "seconds", json_number(self.ns / 1e9));
	list = json_object_new_array();
	json_object_object_add(o, "delays", list);
	for (i = 0; i < NDELAYS; i++) {
		one = json_object_new_object();
		json_object_object_add(one, "delay", json_object_new_uint64(delays[i]));
		json_object_object_add(one, "stamps", road_json(self.is[i].stamps.mean,
								self.is[i].stamps.half));
		json_object_object_add(one, "throughput", road_json(self.is[i].throughput.mean,
								    self.is[i].throughput.half));
		json_object_object_add(one, "held", json_object_new_boolean(!is_missed(i)));
		json_object_array_add(list, one);
	}
	return o;
}

struct json_object *selfcheck_add(struct json_object *environment)
{
	json_object_object_add(environment, "self_check", to_json());
	return environment;
}
