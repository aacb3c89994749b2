// SPDX-License-Identifier: GPL-2.0-only
/* Files that may be compressed: what a distribution has for it unpacks them into memory */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/decompress.h"

#define MISSING	127	/* as a shell has it */

static const struct method {
	const char *suffix, *program;
} methods[] = {
	{ ".xz", "xz" },
	{ ".zst", "zstd" },
	{ ".gz", "gzip" },
	{ NULL, NULL }
};

static const struct method *method_of(const char *suffix)
{
	const struct method *m;

	for (m = methods; m->suffix && strcmp(suffix, m->suffix); m++)
		;
	return m->suffix ? m : NULL;
}

bool decompress_matches(const char *file, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(file, name, len) && (!file[len] || method_of(file + len));
}

static void run(const char *program, int in, int out)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		_exit(1);
	execlp(program, program, "-dc", NULL);
	_exit(errno == ENOENT ? MISSING : 1);
}

static int unpack(const char *program, int in)
{
	int out = memfd_create("hookcost", MFD_CLOEXEC);
	int status, ret = 0;
	pid_t pid;

	if (out < 0)
		return -errno;
	pid = fork();
	if (!pid)
		run(program, in, out);
	if (pid < 0)
		ret = -errno;
	while (!ret && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			ret = -errno;
	if (!ret && status)
		ret = WIFEXITED(status) && WEXITSTATUS(status) == MISSING ? -ENOPKG : -EBADMSG;
	if (!ret && lseek(out, 0, SEEK_SET) < 0)
		ret = -errno;
	if (!ret)
		return out;
	close(out);
	return ret;
}

int decompress_open(const char *path)
{
	const char *suffix = strrchr(path, '.');
	const struct method *m = suffix ? method_of(suffix) : NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	if (!m)
		return fd;
	ret = unpack(m->program, fd);
	close(fd);
	return ret;
}
