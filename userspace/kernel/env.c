// SPDX-License-Identifier: GPL-2.0-only
#include <cpuid.h>
#include <dirent.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>
#include "core/util.h"
#include "kernel/env.h"
#include "kernel/probe.h"

#ifndef HOOKCOST_CC
#define HOOKCOST_CC __VERSION__
#endif

/* Each of them lengthens what a packet runs through */
static const char *const debug_options[] = {
	"CONFIG_KASAN", "CONFIG_KCSAN", "CONFIG_KMSAN", "CONFIG_LOCKDEP",
	"CONFIG_PROVE_LOCKING", "CONFIG_DEBUG_LOCK_ALLOC", "CONFIG_DEBUG_ATOMIC_SLEEP",
	"CONFIG_DEBUG_PAGEALLOC_ENABLE_DEFAULT", "CONFIG_DEBUG_KMEMLEAK", "CONFIG_DEBUG_OBJECTS",
	"CONFIG_SLUB_DEBUG_ON", "CONFIG_KCOV", "CONFIG_GCOV_KERNEL",
};

static bool get_line(const char *root, const char *path, char *buf, size_t len)
{
	char *full = xasprintf("%s%s", root, path);
	bool ok = read_line(full, buf, len);

	if (!ok)
		buf[0] = '\0';
	free(full);
	return ok;
}

static int get_int(const char *root, const char *path)
{
	char buf[32];
	uint64_t v;

	if (!get_line(root, path, buf, sizeof(buf)) || !parse_u64(buf, &v) || v > 1000)
		return ENV_UNKNOWN;
	return (int)v;
}

static void append(char *to, size_t len, const char *what, const char *between)
{
	size_t used = strlen(to);

	snprintf(to + used, len - used, "%s%s", used ? between : "", what);
}

/* gzopen() reads plain files too */
static char *read_config(const char *path)
{
	size_t used = 0, size = 1 << 19;
	gzFile gz = gzopen(path, "rb");
	char *text;
	int n;

	if (!gz)
		return NULL;
	text = xcalloc(size, 1);
	while ((n = gzread(gz, text + used, (unsigned int)(size - used - 1))) > 0) {
		used += (size_t)n;
		if (size - used < 4096) {
			size *= 2;
			text = xrealloc(text, size, 1);
		}
	}
	gzclose(gz);
	text[used] = '\0';
	if (n < 0 || !used) {
		free(text);
		return NULL;
	}
	return text;
}

static bool config_set(const char *config, const char *option)
{
	size_t n = strlen(option);
	const char *p;

	for (p = strstr(config, option); p; p = strstr(p + n, option))
		if ((p == config || p[-1] == '\n') && p[n] == '=' && p[n + 1] != 'n')
			return true;
	return false;
}

static void collect_config(struct env *e, const char *root)
{
	char *path, *config;
	size_t i;

	snprintf(e->config_from, sizeof(e->config_from), "/proc/config.gz");
	path = xasprintf("%s/proc/config.gz", root);
	config = read_config(path);
	free(path);
	if (!config) {
		snprintf(e->config_from, sizeof(e->config_from), "/boot/config-%.40s",
			 e->release);
		path = xasprintf("%s%s", root, e->config_from);
		config = read_config(path);
		free(path);
	}
	e->hookcost = ENV_UNKNOWN;
	e->hardcoded = ENV_UNKNOWN;
	if (!config) {
		e->config_from[0] = '\0';
		return;
	}
	snprintf(e->config_hash, sizeof(e->config_hash), "crc32:%08lx",
		 crc32(0, (const void *)config, (unsigned int)strlen(config)));
	e->hookcost = config_set(config, "CONFIG_HOOKCOST");
	e->hardcoded = config_set(config, "CONFIG_HOOKCOST_HARDCODED");
	for (i = 0; i < ARRAY_SIZE(debug_options); i++)
		if (config_set(config, debug_options[i]))
			append(e->debug, sizeof(e->debug),
			       debug_options[i] + strlen("CONFIG_"), " ");
	free(config);
}

static void cpuinfo_field(const char *text, const char *name, char *buf, size_t len)
{
	size_t n = strlen(name);
	const char *p;

	for (p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, name, n))
			continue;
		p += n + strspn(p + n, " \t");
		if (*p++ != ':')
			continue;
		p += strspn(p, " \t");
		snprintf(buf, len, "%.*s", (int)strcspn(p, "\n"), p);
		return;
	}
}

static void collect_cpuinfo(struct env *e, const char *root)
{
	char *path = xasprintf("%s/proc/cpuinfo", root);
	char *text = slurp(path, NULL);
	char flags[4096] = "";

	free(path);
	if (!text)
		return;
	/* UML's own says "vendor_id: User Mode Linux", and below it the host's name */
	e->uml = !!strstr(text, "User Mode Linux");
	cpuinfo_field(text, "model name", e->cpu, sizeof(e->cpu));
	cpuinfo_field(text, "microcode", e->microcode, sizeof(e->microcode));
	cpuinfo_field(text, "flags", flags, sizeof(flags));
	e->hypervisor = !!strstr(flags, " hypervisor");
	free(text);
}

/* CPUID shows through UML, unlike /proc/cpuinfo */
static void collect_cpuid(struct env *e)
{
	unsigned int a, b, c, d, brand[13] = { 0 }, i;
	char name[13] = "";

	if (!__get_cpuid(1, &a, &b, &c, &d))
		return;
	if (c & (1u << 31)) {
		e->hypervisor = true;
		__cpuid(0x40000000, a, b, c, d);
		memcpy(name, &b, 4);
		memcpy(name + 4, &c, 4);
		memcpy(name + 8, &d, 4);
		snprintf(e->hypervisor_name, sizeof(e->hypervisor_name), "%s", name);
		e->emulated = !strcmp(name, "TCGTCGTCGTCG");
	}
	if (*e->cpu && !e->uml)
		return;
	for (i = 0; i < 3; i++)
		if (!__get_cpuid(0x80000002 + i, &brand[4 * i], &brand[4 * i + 1],
				 &brand[4 * i + 2], &brand[4 * i + 3]))
			return;
	snprintf(e->cpu, sizeof(e->cpu), "%s", (char *)brand + strspn((char *)brand, " "));
}

static void collect_mitigations(struct env *e, const char *root)
{
	static const char dir[] = "/sys/devices/system/cpu/vulnerabilities";
	char *path = xasprintf("%s%s", root, dir), *file, state[128], *one;
	struct dirent **list;
	int i, n;

	n = scandir(path, &list, NULL, alphasort);
	for (i = 0; i < n; i++) {
		file = xasprintf("%s/%s", path, list[i]->d_name);
		if (list[i]->d_name[0] != '.' && read_line(file, state, sizeof(state)) &&
		    strcmp(state, "Not affected")) {
			one = xasprintf("%s: %s", list[i]->d_name, state);
			append(e->mitigations, sizeof(e->mitigations), one, "; ");
			free(one);
		}
		free(file);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	free(path);
}

static void collect_modules(struct env *e, const char *root)
{
	static const char *const names[] = {
		"hookcost_kfunc", "hookcost_native", "mlx5_core", "mlx5sim",
		"virtio_net", "veth",
	};
	char *path;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		path = xasprintf("%s/sys/module/%s", root, names[i]);
		if (!access(path, F_OK))
			append(e->modules, sizeof(e->modules), names[i], " ");
		free(path);
	}
}

static bool has_counters(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.disabled = 1,
		.exclude_hv = 1,
	};
	long fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return false;
	close((int)fd);
	return true;
}

static void collect_clock(struct env *e, const char *root)
{
	static const char dir[] = "/sys/devices/system/clocksource/clocksource0";
	char path[128];

	snprintf(path, sizeof(path), "%s/current_clocksource", dir);
	get_line(root, path, e->clocksource, sizeof(e->clocksource));
	snprintf(path, sizeof(path), "%s/available_clocksource", dir);
	get_line(root, path, e->clocksources, sizeof(e->clocksources));
}

/* Those that somebody may change while a bench runs */
static void collect_settings(struct env *e, const char *root)
{
	collect_clock(e, root);
	e->jit = get_int(root, "/proc/sys/net/core/bpf_jit_enable");
	e->jit_harden = get_int(root, "/proc/sys/net/core/bpf_jit_harden");
	e->bpf_stats = get_int(root, "/proc/sys/kernel/bpf_stats_enabled");
	e->jited = ENV_UNKNOWN;
	e->counting = ENV_UNKNOWN;
	if (!*root)
		env_collect_live(e);
}

static struct env *the_env(void)
{
	static struct env env;
	static bool known;

	if (!known)
		env_collect(&env, "");
	known = true;
	return &env;
}

const struct env *env_get(void)
{
	return the_env();
}

void env_look_again(void)
{
	struct env now = *the_env();

	collect_settings(&now, "");
	if (!now.emulated)
		clocks_look_again(&now.clocks);
	env_merge(the_env(), &now);
}

static double kernel_khz(void)
{
	struct probe_clock clock;
	char why[256];

	return !probe_available(why, sizeof(why)) && !probe_read_clock(&clock) ? clock.khz : 0;
}

void env_collect(struct env *e, const char *root)
{
	const char *target = getenv("HOOKCOST_TARGET");
	struct utsname u;
	char why[256];
	char *path;

	memset(e, 0, sizeof(*e));
	if (!uname(&u)) {
		snprintf(e->release, sizeof(e->release), "%s", u.release);
		snprintf(e->version, sizeof(e->version), "%s", u.version);
	}
	collect_config(e, root);
	collect_cpuinfo(e, root);
	if (!*root)
		collect_cpuid(e);
	collect_mitigations(e, root);
	collect_modules(e, root);
	collect_settings(e, root);
	/* an emulated counter's times are none anyhow */
	if (!*root && !e->emulated)
		clocks_look(&e->clocks, kernel_khz());
	e->smt = get_int(root, "/sys/devices/system/cpu/smt/active");
	get_line(root, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
		 e->governor, sizeof(e->governor));
	path = xasprintf("%s/sys/kernel/btf/vmlinux", root);
	e->btf = !access(path, R_OK);
	free(path);
	e->perf = has_counters();
	e->patched = e->hookcost == 1 || !probe_available(why, sizeof(why));
	snprintf(e->compiler, sizeof(e->compiler), "%s", HOOKCOST_CC);
	snprintf(e->target, sizeof(e->target), "%s", target && *target ? target :
		 e->uml ? "uml" : e->hypervisor ? "vm" : "host");
}
