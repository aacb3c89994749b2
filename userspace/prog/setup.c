// SPDX-License-Identifier: GPL-2.0-only
/*
 * The user's own control program, which fills the maps: they are pinned for it in a bpffs that is
 * mounted nowhere, but is a file of this process, so that nothing is left of it however this ends.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "core/run.h"
#include "core/util.h"
#include "prog/prog.h"

#define SECONDS_MAX	60
#define POLL_US		10000

struct setup {
	char folder[64];
	int mount;			/* of a bpffs that is attached nowhere; it goes with us */
};

static int pin_maps(const struct setup *s, struct bpf_object *obj)
{
	struct bpf_map *map;
	char *path;
	int ret = 0;

	bpf_object__for_each_map(map, obj) {
		/* .rodata is a part of the program */
		if (bpf_map__is_internal(map) || bpf_map__fd(map) < 0)
			continue;
		path = xasprintf("%s/%s", s->folder, bpf_map__name(map));
		ret = bpf_obj_pin(bpf_map__fd(map), path) ? -errno : 0;
		if (ret)
			err("--setup: cannot pin the map %s: %s", bpf_map__name(map),
			    strerror(-ret));
		free(path);
		if (ret)
			break;
	}
	return ret;
}

static int mount_folder(struct setup *s)
{
	int fs = fsopen("bpf", FSOPEN_CLOEXEC), ret;

	s->mount = -1;
	if (fs >= 0 && !fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		s->mount = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	ret = s->mount < 0 ? -errno : 0;
	if (fs >= 0)
		close(fs);
	if (ret)
		err("--setup: cannot mount bpffs: %s", strerror(-ret));
	/* as others see it, too: a command need not have our files open */
	snprintf(s->folder, sizeof(s->folder), "/proc/%d/fd/%d", getpid(), s->mount);
	return ret;
}

static void unmount_folder(struct setup *s)
{
	if (s->mount >= 0)
		close(s->mount);
}

/* Its output is no part of ours, which may be JSON */
static void child(const struct setup *s, const char *command)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	setenv("HOOKCOST_PIN", s->folder, 1);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(127);
}

static int await(pid_t pid, const char *command)
{
	unsigned int polls;
	int status = 0;

	for (polls = 0; waitpid(pid, &status, WNOHANG) != pid; polls++) {
		if (interrupted() || polls > SECONDS_MAX * (1000000 / POLL_US)) {
			kill(-pid, SIGKILL);
			waitpid(pid, &status, 0);
			if (interrupted())
				return -EINTR;
			err("--setup %s: it has not ended within %d s", command, SECONDS_MAX);
			return -ETIMEDOUT;
		}
		usleep(POLL_US);
	}
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	if (WIFSIGNALED(status))
		err("--setup %s: ended by signal %d", command, WTERMSIG(status));
	else
		err("--setup %s: exit status %d", command, WEXITSTATUS(status));
	return -EPIPE;
}

static int run(const struct setup *s, const char *command)
{
	pid_t pid = fork();
	int ret;

	if (pid < 0) {
		ret = -errno;
		err("--setup %s: cannot be run: %s", command, strerror(-ret));
		return ret;
	}
	if (!pid)
		child(s, command);
	return await(pid, command);
}

/* Each object's maps are its own: the command runs once for each */
int setup_run(const char *command, struct bpf_object *const *obj, size_t n)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < n && !ret; i++) {
		struct setup s = { 0 };

		ret = mount_folder(&s) ?: pin_maps(&s, obj[i]) ?: run(&s, command);
		unmount_folder(&s);
	}
	return ret;
}
