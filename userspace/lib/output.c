// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "output.h"
#include "run.h"
#include "util.h"

struct output {
	char *path;
	FILE *out;		/* NULL: a regular file, replaced */
	bool failed;
};

/* A new file beside path, with the permissions that open() would give it */
static int create_temp(const char *path, char **temp)
{
	mode_t mask = umask(0);
	int fd, saved;

	umask(mask);
	*temp = xasprintf("%s.XXXXXX", path);
	fd = mkostemp(*temp, O_CLOEXEC);
	if (fd >= 0 && !fchmod(fd, 0666 & ~mask))
		return fd;
	saved = errno;
	if (fd >= 0) {
		unlink(*temp);
		close(fd);
	}
	free(*temp);
	errno = saved;
	return -1;
}

static int try_temp(const char *path)
{
	char *temp;
	int fd;

	fd = create_temp(path, &temp);
	if (fd < 0)
		return -errno;
	close(fd);
	unlink(temp);
	free(temp);
	return 0;
}

struct output *output_open(const char *path, const char *option)
{
	struct output *f = xcalloc(1, sizeof(*f));
	struct stat st;
	int ret = 0;

	if (!strcmp(path, "-")) {
		f->path = xstrdup("standard output");
		f->out = stdout;
		return f;
	}

	/* a symbolic link stays, what it points at is replaced */
	f->path = realpath(path, NULL);
	if (!f->path)
		f->path = xstrdup(path);
	if (stat(f->path, &st)) {
		ret = errno == ENOENT ? try_temp(f->path) : -errno;
	} else if (S_ISDIR(st.st_mode)) {
		ret = -EISDIR;
	} else if (S_ISREG(st.st_mode)) {
		ret = access(f->path, W_OK) ? -errno : try_temp(f->path);
	} else {
		f->out = fopen(f->path, "we");
		ret = f->out ? 0 : -errno;
	}
	if (!ret)
		return f;

	err("cannot write %s: %s; name another file with %s", path, strerror(-ret), option);
	output_close(f);
	return NULL;
}

void output_close(struct output *f)
{
	if (!f)
		return;
	if (f->out && f->out != stdout)
		fclose(f->out);
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

static int replace_file(const char *path, const char *text)
{
	FILE *out = NULL;
	char *temp;
	int fd, ret;

	fd = create_temp(path, &temp);
	if (fd < 0)
		return -errno;
	out = fdopen(fd, "w");
	if (!out) {
		ret = -errno;
		close(fd);
		goto remove;
	}
	ret = print_text(out, text);
	if (!ret && fsync(fd))
		ret = -errno;
	if (fclose(out) && !ret)
		ret = -errno;
	if (!ret && rename(temp, path))
		ret = -errno;
remove:
	if (ret)
		unlink(temp);
	free(temp);
	return ret;
}

int output_write(struct output *f, const char *text)
{
	int ret = f->out ? print_text(f->out, text) : replace_file(f->path, text);

	if (ret && !f->failed)
		err("cannot write %s: %s", f->path, strerror(-ret));
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
