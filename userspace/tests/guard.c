// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "core/guard.h"
#include "core/util.h"
#include "kernel/governor.h"
#include "unit.h"

#define TRIES 500

/* A setting, and what was there before */
struct setting {
	char *path;
	char was[32];
};

static void put_back(void *arg)
{
	struct setting *s = arg;

	write_text(s->path, s->was);
}

static struct setting setting(const char *name)
{
	struct setting s = { .path = xasprintf("%s/%s", unit_folder(), name) };

	unit_write(name, "before\n");
	read_line(s.path, s.was, sizeof(s.was));
	return s;
}

static void check_line(const char *path, const char *want)
{
	char line[32] = "";

	read_line(path, line, sizeof(line));
	CHECK_STR(line, want);
}

static void ends(void)
{
	struct setting s = setting("ends");
	struct guard g;
	pid_t child;

	CHECK_INT(guard_begin(&g, put_back, &s), 0);
	child = g.pid;
	write_text(s.path, "during");
	check_line(s.path, "during");
	guard_end(&g);
	check_line(s.path, "before");
	/* once */
	write_text(s.path, "after!");
	guard_end(&g);
	check_line(s.path, "after!");
	/* the child is gone, and waited for */
	CHECK_INT(waitpid(child, NULL, WNOHANG), -1);
	free(s.path);
}

/* Killed, with all signals of a terminal's before */
static void killed(void)
{
	struct setting s = setting("killed");
	struct guard g;
	char line[32];
	pid_t pid;
	int i;

	pid = fork();
	if (!pid) {
		guard_begin(&g, put_back, &s);
		write_text(s.path, "during");
		kill(g.pid, SIGINT);
		kill(g.pid, SIGTERM);
		kill(getpid(), SIGKILL);
	}
	CHECK_INT(waitpid(pid, NULL, 0), pid);
	for (i = 0; i < TRIES; i++) {
		if (read_line(s.path, line, sizeof(line)) && line[0] == 'b')
			break;
		usleep(10000);
	}
	check_line(s.path, "before");
	free(s.path);
}

/* However high its number is, a descriptor is not held open by the child */
static void holds_nothing(void)
{
	struct setting s = setting("holds");
	struct rlimit old, many;
	struct pollfd p;
	int fd[2], high;
	struct guard g;

	getrlimit(RLIMIT_NOFILE, &old);
	many = old;
	many.rlim_cur = old.rlim_max < 4096 ? old.rlim_max : 4096;
	setrlimit(RLIMIT_NOFILE, &many);
	CHECK(!pipe(fd));
	high = fcntl(fd[1], F_DUPFD_CLOEXEC, many.rlim_cur - 10);
	CHECK(high > 1024);
	close(fd[1]);
	CHECK_INT(guard_begin(&g, put_back, &s), 0);
	close(high);
	p = (struct pollfd){ .fd = fd[0], .events = POLLIN };
	/* the other end is nobody's any more */
	CHECK_INT(poll(&p, 1, 5000), 1);
	CHECK(p.revents & POLLHUP);
	guard_end(&g);
	close(fd[0]);
	setrlimit(RLIMIT_NOFILE, &old);
	free(s.path);
}

static void governors(void)
{
	char *root = xasprintf("%s/cpus", unit_folder()), text[128];
	char *first = xasprintf("%s/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", root);
	char *second = xasprintf("%s/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", root);

	CHECK_INT(governor_set(root, text, sizeof(text)), 0);
	CHECK_HAS(text, "no CPU");
	governor_restore();
	unit_write("cpus/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "conservativ\n");
	unit_write("cpus/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "performance\n");
	CHECK_INT(governor_set(root, text, sizeof(text)), 0);
	CHECK_HAS(text, "1 CPU");
	check_line(first, "performance");
	check_line(second, "performance");
	governor_restore();
	check_line(first, "conservativ");
	check_line(second, "performance");
	free(first);
	free(second);
	free(root);
}

const struct unit guard_units[] = {
	{ "guard: undone at the end", ends },
	{ "guard: undone when the process is killed", killed },
	{ "guard: holds no descriptor of its parent's", holds_nothing },
	{ "guard: the frequency governor", governors },
	{ NULL }
};
