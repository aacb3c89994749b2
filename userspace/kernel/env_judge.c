// SPDX-License-Identifier: GPL-2.0-only
/* What the environment means for a number, and how it is shown */
#include <math.h>
#include "core/json.h"
#include "core/stats.h"
#include "kernel/env_judge.h"

/*
 * Of the IQR by the median. About as strict for 8 batches, if they are normally distributed, as the
 * largest less the smallest by 10 % of the median; and as strict for any other number of them.
 */
#define SPREAD_MAX	(SPREAD_MAX_PERCENT / 100.0)

enum validity env_judge(const struct env *e, char *why, size_t len)
{
	why[0] = '\0';
	if (*e->debug)
		snprintf(why, len, "debug kernel (%s)", e->debug);
	else if (e->bpf_stats > 0)
		snprintf(why, len, "kernel.bpf_stats_enabled is %d, which times every program",
			 e->bpf_stats);
	else if (e->counting > 0)
		snprintf(why, len,
			 "a process has BPF statistics on (BPF_ENABLE_STATS), which times every program");
	else if (e->jit == 0)
		snprintf(why, len, "net.core.bpf_jit_enable is 0: programs are interpreted");
	else if (e->jited == 0)
		snprintf(why, len, "the kernel does not JIT: programs are interpreted");
	if (*why)
		return VALIDITY_INVALID;
	if (e->emulated) {
		snprintf(why, len, "the CPU is emulated (%s): counts hold, times do not",
			 e->hypervisor_name);
		return VALIDITY_EMULATED;
	}
	return VALIDITY_VALID;
}

enum validity env_judge_clock(const struct env *e, enum timed_by clock, char *why, size_t len)
{
	const struct clocks *c = &e->clocks;
	bool tsc = clock == TIMED_BY_TSC;
	enum clock_state state = tsc ? c->tsc : c->system;

	snprintf(why, len, "%s", tsc ? c->tsc_why : c->system_why);
	return state == CLOCK_BAD ? VALIDITY_INVALID : state == CLOCK_UNSURE ? VALIDITY_INDICATIVE :
	       VALIDITY_VALID;
}

enum validity env_validity_clock(enum timed_by clock, char *why, size_t len)
{
	return env_judge_clock(env_get(), clock, why, len);
}

enum validity env_validity(char *why, size_t len)
{
	return env_judge(env_get(), why, len);
}

void row_spread_validity(struct row *r, const struct stats *s)
{
	const struct env *e = env_get();

	if (s->n < STATS_FEW)
		row_reason(r, VALIDITY_INDICATIVE, "few",
			   "too few batches (%zu): fewer than %d have no interval", s->n,
			   STATS_FEW);
	else if (isnan(s->spread))
		row_reason(r, VALIDITY_INDICATIVE, "spread",
			   "its median is not above 0, so that its spread is no share of it");
	else if (s->spread > SPREAD_MAX)
		/* one that is neither virtual nor busy does not spread like that */
		row_reason(r, VALIDITY_INDICATIVE, "spread",
			   "%s, and the middle half of its repetitions spreads by more than %d %%",
			   e->uml || e->hypervisor ? "virtual machine" :
			   "the machine does other things", SPREAD_MAX_PERCENT);
}

enum validity env_validity_times(enum timed_by clock, char *why, size_t len)
{
	enum validity machine = env_validity(why, len), v;
	char of_clock[256];

	v = env_validity_clock(clock, of_clock, sizeof(of_clock));
	if (v <= machine)
		return machine;
	snprintf(why, len, "%s", of_clock);
	return v;
}

static void add_text(struct json_object *o, const char *key, const char *val)
{
	json_object_object_add(o, key, *val ? json_string(val) : NULL);
}

static void add_state(struct json_object *o, const char *key, int val)
{
	json_object_object_add(o, key, val == ENV_UNKNOWN ? NULL : json_object_new_int(val));
}

struct json_object *env_to_json(const struct env *e)
{
	struct json_object *o = json_object_new_object();
	enum validity v;
	char why[512];

	v = env_judge(e, why, sizeof(why));
	json_add_validity(o, v);
	json_add_string(o, "reason", why);
	json_add_string(o, "target", e->target);
	add_text(o, "kernel", e->release);
	add_text(o, "kernel_version", e->version);
	add_text(o, "config_hash", e->config_hash);
	add_text(o, "config_from", e->config_from);
	json_object_object_add(o, "patched", json_object_new_boolean(e->patched));
	add_state(o, "config_hookcost", e->hookcost);
	add_state(o, "config_hookcost_hardcoded", e->hardcoded);
	add_text(o, "debug_options", e->debug);
	add_text(o, "cpu", e->cpu);
	add_text(o, "microcode", e->microcode);
	json_object_object_add(o, "uml", json_object_new_boolean(e->uml));
	json_object_object_add(o, "hypervisor", json_object_new_boolean(e->hypervisor));
	add_text(o, "hypervisor_name", e->hypervisor_name);
	json_object_object_add(o, "emulated", json_object_new_boolean(e->emulated));
	add_text(o, "mitigations", e->mitigations);
	add_state(o, "smt", e->smt);
	add_text(o, "governor", e->governor);
	add_text(o, "clocksource", e->clocksource);
	add_text(o, "clocksources", e->clocksources);
	json_object_object_add(o, "system_clock_step_ns", json_number(e->clocks.system_step));
	json_object_object_add(o, "tsc_usable",
			       json_object_new_boolean(e->clocks.tsc != CLOCK_BAD));
	json_object_object_add(o, "tsc", clocks_json(&e->clocks));
	add_state(o, "bpf_jit_enable", e->jit);
	add_state(o, "bpf_jit_harden", e->jit_harden);
	add_state(o, "bpf_stats_enabled", e->bpf_stats);
	add_state(o, "bpf_jited", e->jited);
	add_state(o, "bpf_runs_counted", e->counting);
	json_object_object_add(o, "btf", json_object_new_boolean(e->btf));
	json_object_object_add(o, "hardware_counters", json_object_new_boolean(e->perf));
	add_text(o, "modules", e->modules);
	json_add_string(o, "compiler", e->compiler);
	return o;
}

struct json_object *env_json(void)
{
	return env_to_json(env_get());
}

void env_print(FILE *out)
{
	const struct env *e = env_get();
	enum validity v;
	char why[512];

	v = env_judge(e, why, sizeof(why));
	fprintf(out, "Linux %s (%spatched), %s, target %s: %s%s%s\n", e->release,
		e->patched ? "" : "un", *e->cpu ? e->cpu : "unknown CPU", e->target,
		validity_name(v), *why ? ", " : "", why);
}
