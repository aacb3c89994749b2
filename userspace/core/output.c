// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/output.h"
#include "core/output_priv.h"
#include "core/run.h"
#include "core/util.h"

struct output {
	char *path;
	FILE *out;		/* NULL: a regular file, replaced */
	bool failed;
	bool rescued;		/* output_rescue(): what cannot be written goes elsewhere */
	char *elsewhere;
};

/* What is open already is written to: a file that is opened a second time begins anew */
static int use_fd(struct output *f, int fd)
{
	int copy;

	if (fd == STDOUT_FILENO) {
		f->out = stdout;
		return 0;
	}
	copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (copy < 0)
		return -errno;
	f->out = fdopen(copy, "w");
	if (f->out)
		return 0;
	close(copy);
	return -errno;
}

static int use_path(struct output *f)
{
	struct stat st;
	int fd;

	if (stat(f->path, &st))
		return errno == ENOENT ? file_try(f->path) : -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode)) {
		f->out = fopen(f->path, "we");
		return f->out ? 0 : -errno;
	}
	fd = file_open_as(st.st_dev, st.st_ino);
	return fd < 0 ? file_try(f->path) : use_fd(f, fd);
}

struct output *output_open(const char *path, const char *option)
{
	struct output *f = xcalloc(1, sizeof(*f));
	int fd, ret;

	if (!strcmp(path, "-")) {
		f->path = xstrdup("standard output");
		f->out = stdout;
		return f;
	}

	f->path = file_at(path, &fd);
	ret = !f->path ? -errno : fd >= 0 ? use_fd(f, fd) : use_path(f);
	if (!ret)
		return f;

	err("cannot write %s: %s; name another file with %s", *path ? path : "\"\"",
	    strerror(-ret), option);
	output_close(f);
	return NULL;
}

void output_rescue(struct output *f)
{
	f->rescued = true;
}

void output_close(struct output *f)
{
	if (!f)
		return;
	if (f->out && f->out != stdout)
		fclose(f->out);
	free(f->elsewhere);
	free(f->path);
	free(f);
}

static int print_text(FILE *out, const char *text)
{
	errno = 0;
	if (fputs(text, out) < 0 || fflush(out))
		return errno ? -errno : -EIO;
	return 0;
}

static void write_elsewhere(struct output *f, const char *text, int error)
{
	bool first = !f->elsewhere;

	if (first && f->rescued)
		f->elsewhere = file_rescue(text);
	else if (f->elsewhere && file_write(f->elsewhere, text))
		err("cannot write %s, either", f->elsewhere);
	if (first && f->elsewhere)
		err("cannot write %s: %s; the result is in %s", f->path, strerror(-error),
		    f->elsewhere);
	else if (!f->failed)
		err("cannot write %s: %s", f->path, strerror(-error));
}

int output_write(struct output *f, const char *text)
{
	int ret = f->out ? print_text(f->out, text) : file_write(f->path, text);

	if (ret) {
		write_elsewhere(f, text, ret);
	} else if (f->elsewhere) {
		unlink(f->elsewhere);
		err("the result is in %s after all, and no longer in %s", f->path, f->elsewhere);
		free(f->elsewhere);
		f->elsewhere = NULL;
	}
	f->failed = ret;
	return ret;
}

int output_json(struct output *f, struct json_object *o)
{
	const char *text;
	char *line;
	int ret;

	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
					      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (!text)
		return -ENOMEM;
	line = xasprintf("%s\n", text);
	ret = output_write(f, line);
	free(line);
	return ret;
}

bool output_replaces(const struct output *f)
{
	return !f->out;
}

bool output_is_stdout(const struct output *f)
{
	return f->out == stdout;
}

/* Asked later than the write that failed, whose errno is long gone */
static bool reader_is_gone(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && p.revents & (POLLERR | POLLHUP);
}

bool flush_output(void)
{
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return true;
	/* who closed the pipe has seen enough */
	if (errno != EPIPE && !reader_is_gone())
		err("cannot write to standard output: %s", strerror(errno ? errno : EIO));
	/* said once */
	clearerr(stdout);
	return false;
}
