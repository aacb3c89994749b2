// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <zlib.h>
#include "core/util.h"
#include "kernel/env_judge.h"
#include "report/paper.h"
#include "unit.h"

static char root[64];

/* A healthy machine, as files */
static void healthy(void)
{
	snprintf(root, sizeof(root), "%s/root", unit_folder());
	unit_write("root/proc/cpuinfo", "processor\t: 0\nmodel name\t: Test CPU\n"
		   "microcode\t: 0x1b\nflags\t\t: fpu tsc\n");
	unit_write("root/proc/config.gz", "CONFIG_HOOKCOST=y\n# CONFIG_KASAN is not set\n"
		   "CONFIG_KASAN_STACK=y\nCONFIG_NOT_CONFIG_KCSAN=y\nCONFIG_LOCKDEP=n\n");
	unit_write("root/proc/sys/net/core/bpf_jit_enable", "1\n");
	unit_write("root/proc/sys/net/core/bpf_jit_harden", "0\n");
	unit_write("root/proc/sys/kernel/bpf_stats_enabled", "0\n");
	unit_write("root/sys/devices/system/clocksource/clocksource0/available_clocksource",
		   "tsc hpet acpi_pm\n");
	unit_write("root/sys/devices/system/clocksource/clocksource0/current_clocksource",
		   "tsc\n");
	unit_write("root/sys/devices/system/cpu/vulnerabilities/meltdown", "Not affected\n");
	unit_write("root/sys/devices/system/cpu/vulnerabilities/spectre_v2",
		   "Mitigation: Retpolines\n");
	unit_write("root/sys/module/hookcost_kfunc/x", "");
}

static enum validity judged(const char *reason)
{
	enum validity v;
	struct env e;
	char why[512];

	env_collect(&e, root);
	v = env_judge(&e, why, sizeof(why));
	CHECK_HAS(why, reason);
	return v;
}

static void collected(void)
{
	struct env e;

	healthy();
	setenv("HOOKCOST_TARGET", "vm", 1);
	env_collect(&e, root);
	CHECK_STR(e.cpu, "Test CPU");
	CHECK_STR(e.microcode, "0x1b");
	CHECK_STR(e.mitigations, "spectre_v2: Mitigation: Retpolines");
	CHECK_STR(e.modules, "hookcost_kfunc");
	CHECK_STR(e.debug, "");
	CHECK_STR(e.clocksource, "tsc");
	CHECK_STR(e.target, "vm");
	CHECK_INT(e.hookcost, 1);
	CHECK_INT(e.hardcoded, 0);
	CHECK_INT(e.jit, 1);
	CHECK_INT(e.bpf_stats, 0);
	CHECK_INT(e.smt, ENV_UNKNOWN);
	CHECK(e.patched && !e.uml && !e.hypervisor && !e.emulated);
	CHECK(strlen(e.config_hash) == strlen("crc32:00000000"));
	unsetenv("HOOKCOST_TARGET");
	env_collect(&e, root);
	CHECK_STR(e.target, "host");
	CHECK_INT(judged(""), VALIDITY_VALID);
}

static void judgements(void)
{
	healthy();
	unit_write("root/proc/sys/net/core/bpf_jit_enable", "0\n");
	CHECK_INT(judged("bpf_jit_enable is 0"), VALIDITY_INVALID);

	healthy();
	unit_write("root/proc/sys/kernel/bpf_stats_enabled", "1\n");
	CHECK_INT(judged("bpf_stats_enabled"), VALIDITY_INVALID);

	healthy();
	unit_write("root/proc/config.gz", "CONFIG_KASAN=y\nCONFIG_PROVE_LOCKING=y\n");
	CHECK_INT(judged("KASAN PROVE_LOCKING"), VALIDITY_INVALID);

	healthy();
	unit_write("root/proc/config.gz", "CONFIG_DEBUG_KMEMLEAK=y\n");
	CHECK_INT(judged("(DEBUG_KMEMLEAK)"), VALIDITY_INVALID);

	/* which clock sources there are says nothing of the TSC, nor of the system's clock */
	healthy();
	unit_write("root/sys/devices/system/clocksource/clocksource0/available_clocksource",
		   "kvm-clock\n");
	CHECK_INT(judged(""), VALIDITY_VALID);
}

/* Rows are judged by the clock that has timed them */
static void by_clock(void)
{
	struct env e, now;
	char why[256];

	healthy();
	unit_write("root/sys/devices/system/clocksource/clocksource0/available_clocksource",
		   "kvm-clock\n");
	env_collect(&e, root);
	CHECK_INT(env_judge_clock(&e, TIMED_BY_TSC, why, sizeof(why)), VALIDITY_VALID);
	e.clocks.tsc = CLOCK_GOOD;
	CHECK_INT(env_judge_clock(&e, TIMED_BY_TSC, why, sizeof(why)), VALIDITY_VALID);
	e.clocks.tsc = CLOCK_UNSURE;
	CHECK_INT(env_judge_clock(&e, TIMED_BY_TSC, why, sizeof(why)), VALIDITY_INDICATIVE);
	now = e;
	now.clocks.tsc = CLOCK_BAD;
	snprintf(now.clocks.tsc_why, sizeof(now.clocks.tsc_why), "it drifts");
	env_merge(&e, &now);
	CHECK_INT(env_judge_clock(&e, TIMED_BY_TSC, why, sizeof(why)), VALIDITY_INVALID);
	CHECK_STR(why, "it drifts");
	CHECK_INT(env_judge_clock(&e, TIMED_BY_SYSTEM, why, sizeof(why)), VALIDITY_VALID);
	CHECK_INT(env_judge(&e, why, sizeof(why)), VALIDITY_VALID);
	/* once is enough */
	now.clocks.tsc = CLOCK_GOOD;
	env_merge(&e, &now);
	CHECK_INT(env_judge_clock(&e, TIMED_BY_TSC, why, sizeof(why)), VALIDITY_INVALID);

	e.clocks.system = CLOCK_BAD;
	e.clocks.tsc = CLOCK_GOOD;
	CHECK_INT(env_judge_clock(&e, TIMED_BY_TSC, why, sizeof(why)), VALIDITY_VALID);
	CHECK_INT(env_judge_clock(&e, TIMED_BY_SYSTEM, why, sizeof(why)), VALIDITY_INVALID);
}

/* What a program shows, and what was wrong in between */
static void live(void)
{
	struct env e, now;
	char why[512];

	healthy();
	env_collect(&e, root);
	CHECK_INT(e.jited, ENV_UNKNOWN);
	CHECK_INT(e.counting, ENV_UNKNOWN);
	now = e;
	env_merge(&e, &now);
	CHECK_INT(env_judge(&e, why, sizeof(why)), VALIDITY_VALID);
	now.counting = 1;
	env_merge(&e, &now);
	CHECK_INT(env_judge(&e, why, sizeof(why)), VALIDITY_INVALID);
	CHECK_HAS(why, "BPF_ENABLE_STATS");
	/* right again is too late */
	now.counting = 0;
	env_merge(&e, &now);
	CHECK_INT(env_judge(&e, why, sizeof(why)), VALIDITY_INVALID);

	env_collect(&e, root);
	now = e;
	now.jited = 0;
	env_merge(&e, &now);
	CHECK_INT(env_judge(&e, why, sizeof(why)), VALIDITY_INVALID);
	CHECK_HAS(why, "does not JIT");

	env_collect(&e, root);
	now = e;
	now.jit = 0;
	now.bpf_stats = 1;
	env_merge(&e, &now);
	CHECK_INT(e.jit, 0);
	CHECK_INT(e.bpf_stats, 1);
}

static void user_mode(void)
{
	struct env e;

	healthy();
	unit_write("root/proc/cpuinfo", "processor\t: 0\nvendor_id\t: User Mode Linux\n"
		   "model name\t: UML\nmode\t\t: skas\n");
	unit_write("root/sys/devices/system/clocksource/clocksource0/available_clocksource",
		   "timer-clock\n");
	env_collect(&e, root);
	CHECK(e.uml);
	CHECK_STR(e.target, "uml");
	/* the TSC is the host's own */
	CHECK_INT(judged(""), VALIDITY_VALID);
}

static void emulated(void)
{
	struct env e;
	char why[512];

	healthy();
	env_collect(&e, root);
	e.emulated = true;
	CHECK_INT(env_judge(&e, why, sizeof(why)), VALIDITY_EMULATED);
	e.bpf_stats = 1;
	CHECK_INT(env_judge(&e, why, sizeof(why)), VALIDITY_INVALID);
}

static void compressed_config(void)
{
	static const char config[] = "CONFIG_HOOKCOST=y\nCONFIG_HOOKCOST_HARDCODED=y\n";
	struct env plain, packed;
	char *path;
	gzFile gz;

	healthy();
	unit_write("root/proc/config.gz", config);
	env_collect(&plain, root);
	path = xasprintf("%s/proc/config.gz", root);
	gz = gzopen(path, "wb");
	CHECK(gz && gzputs(gz, config) > 0);
	gzclose(gz);
	free(path);
	env_collect(&packed, root);
	CHECK_INT(packed.hardcoded, 1);
	CHECK_STR(packed.config_hash, plain.config_hash);
}

static void bare(void)
{
	struct env e;

	/* nothing readable: nothing claimed */
	snprintf(root, sizeof(root), "%s/none", unit_folder());
	env_collect(&e, root);
	CHECK_INT(e.hookcost, ENV_UNKNOWN);
	CHECK_INT(e.jit, ENV_UNKNOWN);
	CHECK_STR(e.config_hash, "");
	CHECK_STR(e.mitigations, "");
}

static void paper(void)
{
	CHECK_NEAR(paper_value("table1", "SK_SKB", "prep"), 1350, 0);
	CHECK_NEAR(paper_value("table6", "eBPF with memcpy wrapper", "median"), 36, 0);
	CHECK(isnan(paper_value("table1", "Socket", "prep")));
	CHECK(isnan(paper_value("table9", "XDP", "prep")));
	CHECK_NEAR(paper_value("table2", "TC", "loss"),
		   100 - 100 * paper_value("table2", "TC", "median") /
			 paper_value("table2", "No eBPF", "median"), 0);
	CHECK_NEAR(paper_value("methods", "hard-coded", "throughput"),
		   1000 / paper_at("figure14a", "eBPF", 0) -
		   1000 / paper_at("figure14a", "hard-coded", 0), 0);
	CHECK_INT(paper_points("figure14b"), 15);
	CHECK_NEAR(paper_x("figure14b")[14], 64, 0);
	CHECK_NEAR(paper_at("figure14b", "eBPF", 20), 0.767, 0);
	CHECK_NEAR(paper_at("figure14a", "hard-coded", 5120), 0.25, 0);
	CHECK(isnan(paper_at("figure14a", "hard-coded", 3)));
	CHECK_INT(paper_points("figure3"), 0);
}

const struct unit env_units[] = {
	{ "env: what the files of a machine say", collected },
	{ "env: what makes a machine invalid", judgements },
	{ "env: the clock that times something", by_clock },
	{ "env: what a program shows, and what changes meanwhile", live },
	{ "env: User Mode Linux", user_mode },
	{ "env: emulated CPU", emulated },
	{ "env: compressed configuration", compressed_config },
	{ "env: a machine that shows nothing", bare },
	{ "paper: its numbers", paper },
	{ 0 }
};
