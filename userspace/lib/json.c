// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "json.h"
#include "run.h"
#include "util.h"

struct json_file {
	char *path;
	FILE *out;		/* NULL: a regular file, replaced at the end */
};

struct json_object *json_number(double v)
{
	static const char format[] = "%.9g";
	struct json_object *o;

	if (!isfinite(v))
		return NULL;
	o = json_object_new_double(v);
	json_object_set_serializer(o, json_object_double_to_json_string,
				   (void *)format, NULL);
	return o;
}

void json_add_string(struct json_object *o, const char *key, const char *val)
{
	json_object_object_add(o, key, json_object_new_string(val));
}

/* A new file beside path, with the permissions that open() would give it */
static int create_temp(const char *path, char **temp)
{
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	*temp = xasprintf("%s.XXXXXX", path);
	fd = mkostemp(*temp, O_CLOEXEC);
	if (fd >= 0 && !fchmod(fd, 0666 & ~mask))
		return fd;
	if (fd >= 0) {
		unlink(*temp);
		close(fd);
	}
	free(*temp);
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

struct json_file *json_file_open(const char *path)
{
	struct json_file *f = xcalloc(1, sizeof(*f));
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

	err("cannot write %s: %s; name another file with --json", path, strerror(-ret));
	json_file_close(f);
	return NULL;
}

void json_file_close(struct json_file *f)
{
	if (!f)
		return;
	if (f->out && f->out != stdout)
		fclose(f->out);
	free(f->path);
	free(f);
}

static int write_json(FILE *out, struct json_object *o)
{
	const char *text;

	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
					      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (!text)
		return -ENOMEM;
	errno = 0;
	if (fputs(text, out) < 0 || fputc('\n', out) < 0 || fflush(out))
		return errno ? -errno : -EIO;
	return 0;
}

static int replace_file(const char *path, struct json_object *o)
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
	ret = write_json(out, o);
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

int json_file_write(struct json_file *f, struct json_object *o)
{
	int ret = f->out ? write_json(f->out, o) : replace_file(f->path, o);

	if (ret)
		err("cannot write %s: %s", f->path, strerror(-ret));
	return ret;
}
