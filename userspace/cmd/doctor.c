// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <linux/magic.h>
#include <unistd.h>
#include "cmd/command.h"
#include "core/cpu.h"
#include "core/json.h"
#include "core/util.h"
#include "driver/driver.h"
#include "kernel/env_judge.h"
#include "kernel/probe.h"
#include "net/tool.h"

#define LOOK_US		200000
#define BUSY_MAX	0.10

enum health {
	GOOD,
	POOR,		/* the numbers hold, but spread more or mean less */
	BAD,		/* rows will be "not measured" or invalid */
};

struct finding {
	enum health state;
	char what[256];
	const char *fix;	/* a command, or what to do; not shown when good */
};

static const char *const state_names[] = { "ok", "poor", "bad" };

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "Print JSON", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'j':
		*(bool *)state->input = true;
		return 0;
	case ARGP_KEY_ARG:
		usage_error(state, "unexpected argument \"%s\"", arg);
	}
	return ARGP_ERR_UNKNOWN;
}

__printf(4, 5)
static void found(struct finding *f, enum health state, const char *fix, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->what, sizeof(f->what), fmt, ap);
	va_end(ap);
	f->state = state;
	f->fix = fix;
}

static void check_root(const struct env *e, struct finding *f)
{
	if (geteuid())
		found(f, BAD, "sudo hookcost ...", "user %u may not load programs",
		      (unsigned int)geteuid());
	else
		found(f, GOOD, NULL, "root");
}

static void check_debugfs(const struct env *e, struct finding *f)
{
	struct statfs fs;

	if (statfs("/sys/kernel/debug", &fs) || fs.f_type != DEBUGFS_MAGIC)
		found(f, BAD, "mount -t debugfs none /sys/kernel/debug", "not mounted");
	else
		found(f, GOOD, NULL, "/sys/kernel/debug");
}

static void check_patches(const struct env *e, struct finding *f)
{
	char why[256];

	if (!probe_available(why, sizeof(why)))
		found(f, GOOD, NULL, "%s", probe_root());
	else if (e->hookcost == 1)
		found(f, BAD, "mount -t debugfs none /sys/kernel/debug",
		      "patched, but its tables cannot be read: %s", why);
	else if (e->hookcost == 0)
		found(f, BAD, "make bench (boots a patched kernel as a process)",
		      "%s has no CONFIG_HOOKCOST", e->release);
	else
		found(f, BAD, "make bench (boots a patched kernel as a process)", "%s", why);
}

static void check_hardcoded(const struct env *e, struct finding *f)
{
	if (e->hardcoded == 0)
		found(f, POOR, "build with CONFIG_HOOKCOST_HARDCODED=y",
		      "not compiled in: no \"hard-coded\" rows");
	else
		found(f, GOOD, NULL, e->hardcoded == 1 ? "compiled in" : "unknown");
}

static void check_module(const struct env *e, const char *name, const char *fix,
			 struct finding *f)
{
	if (strstr(e->modules, name))
		found(f, GOOD, NULL, "loaded");
	else
		found(f, BAD, fix, "not loaded");
}

static void check_kfunc(const struct env *e, struct finding *f)
{
	check_module(e, "hookcost_kfunc", "modprobe hookcost_kfunc", f);
}

static void check_native(const struct env *e, struct finding *f)
{
	check_module(e, "hookcost_native", "modprobe hookcost_native", f);
}

static void check_btf(const struct env *e, struct finding *f)
{
	if (e->btf)
		found(f, GOOD, NULL, "/sys/kernel/btf/vmlinux");
	else
		found(f, BAD, "build with CONFIG_DEBUG_INFO_BTF=y",
		      "absent: no kfunc can be called");
}

static void check_jit(const struct env *e, struct finding *f)
{
	if (e->jit == 0)
		found(f, BAD, "sysctl net.core.bpf_jit_enable=1", "off: programs are interpreted");
	else if (e->jited == 0)
		found(f, BAD, "build with CONFIG_BPF_JIT=y", "off: programs are interpreted");
	else if (e->jit == ENV_UNKNOWN)
		found(f, POOR, "build with CONFIG_BPF_JIT=y", "net.core.bpf_jit_enable unreadable");
	else if (e->jit_harden > 0)
		found(f, POOR, "sysctl net.core.bpf_jit_harden=0",
		      "on, but hardened (%d): constants are blinded", e->jit_harden);
	else
		found(f, GOOD, NULL, "on");
}

static void check_stats(const struct env *e, struct finding *f)
{
	if (e->bpf_stats > 0)
		found(f, BAD, "sysctl kernel.bpf_stats_enabled=0", "on: every program is timed");
	else if (e->counting > 0)
		found(f, BAD, "find /proc/[0-9]*/fd -lname anon_inode:bpf-stats (end that process)",
		      "on, held by a process: every program is timed");
	else
		found(f, GOOD, NULL, "off");
}

static void check_debug(const struct env *e, struct finding *f)
{
	if (*e->debug)
		found(f, BAD, "boot a kernel without them", "%s", e->debug);
	else if (!*e->config_hash)
		found(f, POOR, "build with CONFIG_IKCONFIG_PROC=y",
		      "the kernel's configuration cannot be read");
	else
		found(f, GOOD, NULL, "none of KASAN, KCSAN, lockdep ...");
}

/* What its readings were, against the system's clock and between the CPUs */
static void check_tsc(const struct env *e, struct finding *f)
{
	const struct clocks *c = &e->clocks;
	char what[160], apart[96] = "";
	bool offered = !*e->clocksources || e->uml || strstr(e->clocksources, "tsc");

	if (c->tsc == CLOCK_BAD || c->tsc == CLOCK_UNSURE) {
		found(f, c->tsc == CLOCK_BAD ? BAD : POOR,
		      "dmesg | grep -i tsc (the kernel's own finding); another machine, if it stays so",
		      "%s", c->tsc_why);
		return;
	}
	if (c->tsc == CLOCK_NOT_JUDGED) {
		found(f, GOOD, NULL, "not measured, as %s", e->emulated ? "the CPU is emulated" :
		      "the CPUs to read it on could not be chosen");
		return;
	}
	if (!isnan(c->offset_low))
		snprintf(apart, sizeof(apart), ", CPU %u's %+.0f to %+.0f ns off", c->offset_cpu,
			 c->offset_low, c->offset_high);
	snprintf(what, sizeof(what), "%.3f MHz, steady within %.1f +- %.1f ppm on %u CPU%s%s",
		 c->khz / 1e3, fabs(c->drift), c->drift_half, c->cpus, c->cpus == 1 ? "" : "s",
		 apart);
	found(f, GOOD, NULL, "%s%s", what,
	      offered ? "" : "; the kernel has no clock source of it");
}

static void check_system_clock(const struct env *e, struct finding *f)
{
	const char *source = *e->clocksource ? e->clocksource : "unknown";

	if (e->clocks.system == CLOCK_BAD)
		found(f, BAD,
		      "cat /sys/devices/system/clocksource/clocksource0/available_clocksource (choose a finer one)",
		      "%s: %s", source, e->clocks.system_why);
	else
		found(f, GOOD, NULL, "%s", source);
}

static void check_cpu(const struct env *e, struct finding *f)
{
	if (e->emulated)
		found(f, BAD, "run on this machine itself, or in a VM with KVM",
		      "emulated (%s): times mean nothing", e->hypervisor_name);
	else if (e->hypervisor)
		found(f, POOR, "run on bare metal",
		      "virtual (%s): rows that spread by more than %d %% are indicative",
		      *e->hypervisor_name ? e->hypervisor_name : "unknown hypervisor",
		      SPREAD_MAX_PERCENT);
	else if (e->uml)
		found(f, POOR, "run on bare metal",
		      "the host's own, through UML: rows that spread by more than %d %% are indicative",
		      SPREAD_MAX_PERCENT);
	else
		found(f, GOOD, NULL, "bare metal");
}

static void check_cpus(const struct env *e, struct finding *f)
{
	if (cpu_count() == 1)
		found(f, POOR, "run where there are two or more (UML has one)",
		      "one: sender, receiver and network share it");
	else
		found(f, GOOD, NULL, "%u", cpu_count());
}

/* Clock ticks of all CPUs, and those that somebody used */
static bool cpu_ticks(uint64_t *all, uint64_t *busy)
{
	unsigned long long user, nice, system, idle, iowait, irq, softirq, steal;
	char line[256];

	if (!read_line("/proc/stat", line, sizeof(line)) ||
	    sscanf(line, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system,
		   &idle, &iowait, &irq, &softirq, &steal) != 8)
		return false;
	*busy = user + nice + system + irq + softirq + steal;
	*all = *busy + idle + iowait;
	return true;
}

static void check_load(const struct env *e, struct finding *f)
{
	uint64_t all[2], busy[2];
	double share;

	if (!cpu_ticks(&all[0], &busy[0])) {
		found(f, POOR, "mount -t proc none /proc", "unknown: /proc/stat cannot be read");
		return;
	}
	usleep(LOOK_US);
	if (!cpu_ticks(&all[1], &busy[1]) || all[1] <= all[0]) {
		found(f, GOOD, NULL, "unknown");
		return;
	}
	share = (double)(busy[1] - busy[0]) / (double)(all[1] - all[0]);
	if (share > BUSY_MAX)
		found(f, POOR, "top -b -n 1 (names it; stop it)",
		      "the CPUs are busy for %.0f %%: rows that spread by more than %d %% are indicative",
		      100 * share, SPREAD_MAX_PERCENT);
	else
		found(f, GOOD, NULL, "the CPUs are busy for %.0f %%", 100 * share);
}

static void check_step(const struct env *e, struct finding *f)
{
	unsigned int step = cpu_tsc_step();

	if (step > 1)
		found(f, POOR, "a CPU whose counter moves in single ticks",
		      "of %u ticks: shorter phases of table1 are indicative", step);
	else
		found(f, GOOD, NULL, "of %u tick%s", step, step == 1 ? "" : "s");
}

static void check_mlx5(const struct env *e, struct finding *f)
{
	struct device d;
	char why[200];

	if (!strstr(e->modules, "mlx5sim"))
		found(f, POOR, "modprobe mlx5sim", "mlx5sim is not loaded: benches run over veth");
	else if (driver_mlx5.find(NULL, "", &d, why, sizeof(why)))
		found(f, POOR, "ip addr flush dev NETDEV; ip link set NETDEV xdp off nomaster",
		      "%s: benches run over veth", why);
	else
		found(f, GOOD, NULL, "%s receives from %s", d.rx, d.tx);
}

static void check_tool(const char *name, const char *fix, struct finding *f)
{
	char why[200];

	if (tool_find(name, why, sizeof(why)))
		found(f, GOOD, NULL, "found");
	else
		found(f, POOR, fix, "not found: its rows are not measured");
}

static void check_sockperf(const struct env *e, struct finding *f)
{
	check_tool("sockperf", "apt-get install sockperf", f);
}

static void check_iperf(const struct env *e, struct finding *f)
{
	check_tool("iperf", "apt-get install iperf", f);
}

static void check_gnuplot(const struct env *e, struct finding *f)
{
	char why[200];

	if (tool_find("gnuplot", why, sizeof(why)))
		found(f, GOOD, NULL, "found");
	else
		found(f, POOR, "apt-get install gnuplot-nox", "not found: no figures are drawn");
}

static void check_governor(const struct env *e, struct finding *f)
{
	if (*e->governor && strcmp(e->governor, "performance"))
		found(f, POOR, "cpupower frequency-set -g performance", "%s", e->governor);
	else
		found(f, GOOD, NULL, "%s", *e->governor ? e->governor : "none here to set");
}

static void check_smt(const struct env *e, struct finding *f)
{
	if (e->smt > 0)
		found(f, POOR, "echo off > /sys/devices/system/cpu/smt/control",
		      "on (the paper's testbed had it off)");
	else
		found(f, GOOD, NULL, e->smt ? "unknown" : "off");
}

static void check_perf(const struct env *e, struct finding *f)
{
	if (e->perf)
		found(f, GOOD, NULL, "available");
	else
		found(f, POOR, "run on bare metal, or give the VM a virtual PMU",
		      "absent: rows that count cycles or misses are not measured");
}

static const struct {
	const char *name;
	void (*check)(const struct env *e, struct finding *f);
} checks[] = {
	{ "root", check_root },
	{ "debugfs", check_debugfs },
	{ "hookcost patches", check_patches },
	{ "hard-coded programs", check_hardcoded },
	{ "module hookcost_kfunc", check_kfunc },
	{ "module hookcost_native", check_native },
	{ "BTF", check_btf },
	{ "eBPF JIT", check_jit },
	{ "bpf_stats", check_stats },
	{ "debug options", check_debug },
	{ "TSC", check_tsc },
	{ "system's clock", check_system_clock },
	{ "clock steps", check_step },
	{ "CPU", check_cpu },
	{ "CPUs", check_cpus },
	{ "other load", check_load },
	{ "frequency governor", check_governor },
	{ "SMT", check_smt },
	{ "hardware counters", check_perf },
	{ "mlx5 netdevs", check_mlx5 },
	{ "sockperf", check_sockperf },
	{ "iperf", check_iperf },
	{ "gnuplot", check_gnuplot },
};

static void print_finding(const char *name, const struct finding *f)
{
	printf("%-4s  %-22s  %s\n", state_names[f->state], name, f->what);
	if (f->state != GOOD)
		printf("%-4s  %-22s  fix: %s\n", "", "", f->fix);
}

static struct json_object *finding_json(const char *name, const struct finding *f)
{
	struct json_object *o = json_object_new_object();

	json_add_string(o, "name", name);
	json_add_string(o, "state", state_names[f->state]);
	json_add_string(o, "what", f->what);
	if (f->state != GOOD)
		json_add_string(o, "fix", f->fix);
	return o;
}

int cmd_doctor(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Tell what valid measurements lack here, and the remedy.",
	};
	struct json_object *report, *list;
	size_t i, count[3] = { 0 };
	bool json = false;

	parse_options(&argp, argc, argv, &json);
	list = json_object_new_array();
	if (!json) {
		env_print(stdout);
		putchar('\n');
	}
	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		struct finding f;

		checks[i].check(env_get(), &f);
		count[f.state]++;
		if (json)
			json_object_array_add(list, finding_json(checks[i].name, &f));
		else
			print_finding(checks[i].name, &f);
	}
	if (json) {
		report = json_object_new_object();
		json_add_string(report, "schema", HOOKCOST_SCHEMA);
		json_object_object_add(report, "environment", env_json());
		json_object_object_add(report, "checks", list);
		puts(json_object_to_json_string_ext(report, JSON_C_TO_STRING_PRETTY |
						    JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(report);
	} else {
		json_object_put(list);
		printf("\n%zu ok, %zu poor, %zu bad\n", count[GOOD], count[POOR], count[BAD]);
	}
	return count[BAD] ? EXIT_FAILED : EXIT_DONE;
}
