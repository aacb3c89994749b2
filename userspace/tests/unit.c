// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/util.h"
#include "unit.h"

static bool failed;
static pid_t owner;
static char folder[32] = "/tmp/hookcost-unit-XXXXXX";

void unit_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	failed = true;
	printf("# %s:%d: ", file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

const char *unit_folder(void)
{
	return folder;
}

void unit_write(const char *path, const char *text)
{
	char *full = xasprintf("%s/%s", folder, path), *slash;
	FILE *f;

	for (slash = full + strlen(folder) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	f = fopen(full, "w");
	if (!f || fputs(text, f) < 0 || fclose(f)) {
		perror(full);
		exit(1);
	}
	free(full);
}

static int real_stderr = -1;

void unit_capture(void)
{
	char *path = xasprintf("%s/stderr", folder);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	fflush(stderr);
	real_stderr = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	free(path);
}

const char *unit_captured(void)
{
	static char text[4096];
	ssize_t n;

	fflush(stderr);
	n = pread(STDERR_FILENO, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	return text;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static void remove_folder(void)
{
	/* a test's child that exits leaves it alone */
	if (getpid() == owner)
		nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct unit *const suites[] = {
		stats_units, probe_units, result_units, run_units, env_units, ledger_units,
		probe_hist_units, table_units,
		crossing_units, device_units, mlx5sim_units, replies_units, tool_units,
		traffic_tools_units,
		zipf_units, counter_units,
		report_units, compare_units,
		guard_units, channel_units, clocks_units, target_units, merge_units,
		paired_units, versus_units, spread_units,
		cpu_units, generator_units, disasm_units, lock_units,
		attached_units, inuse_units, json_units, near_units, summary_units, watch_units,
		gate_units, headers_units, value_units, findings_units
	};
	size_t i, total = 0, n = 0, bad = 0;
	const struct unit *u;

	if (!mkdtemp(folder)) {
		perror(folder);
		return 1;
	}
	owner = getpid();
	atexit(remove_folder);
	for (i = 0; i < ARRAY_SIZE(suites); i++)
		for (u = suites[i]; u->name; u++)
			total++;

	printf("KTAP version 1\n1..%zu\n", total);
	for (i = 0; i < ARRAY_SIZE(suites); i++) {
		for (u = suites[i]; u->name; u++) {
			failed = false;
			u->run();
			bad += failed;
			printf("%sok %zu %s\n", failed ? "not " : "", ++n, u->name);
			fflush(stdout);
		}
	}
	printf("# pass:%zu fail:%zu\n", total - bad, bad);
	return bad ? 1 : 0;
}
