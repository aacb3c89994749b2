// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "core/run.h"
#include "core/util.h"

#define SLURP_MAX	(64 << 20)

static void *checked(void *p)
{
	if (!p) {
		err("out of memory");
		exit(1);
	}
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size));
}

void *xrealloc(void *p, size_t n, size_t size)
{
	return checked(reallocarray(p, n ? n : 1, size));
}

char *xstrdup(const char *s)
{
	return checked(strdup(s ? s : ""));
}

char *xasprintf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return checked(n < 0 ? NULL : s);
}

char *slurp_upto(const char *path, size_t *len, size_t max)
{
	size_t size = 0, used = 0;
	char *buf = NULL;
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;

	do {
		if (size - used < 4096) {
			size = size ? 2 * size : 16384;
			buf = xrealloc(buf, size, 1);
		}
		n = read(fd, buf + used, size - used - 1);
		if (n > 0)
			used += n;
		/* an endless device, perhaps */
		if (used > max) {
			errno = EFBIG;
			n = -1;
		}
	} while (n > 0 || (n < 0 && errno == EINTR && !interrupted()));

	if (n < 0) {
		int saved = errno;

		close(fd);
		free(buf);
		errno = saved;
		return NULL;
	}
	close(fd);
	buf[used] = '\0';
	if (len)
		*len = used;
	return buf;
}

char *slurp(const char *path, size_t *len)
{
	return slurp_upto(path, len, SLURP_MAX);
}

bool read_line(const char *path, char *buf, size_t len)
{
	char *text = slurp(path, NULL);

	if (!text)
		return false;
	text[strcspn(text, "\n")] = '\0';
	snprintf(buf, len, "%s", text);
	free(text);
	return true;
}

int write_text(const char *path, const char *s)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;
	int ret;

	if (fd < 0)
		return -errno;
	do {
		n = write(fd, s, strlen(s));
	} while (n < 0 && errno == EINTR);
	ret = n < 0 ? -errno : (size_t)n != strlen(s) ? -EIO : 0;
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

bool parse_u64(const char *s, uint64_t *val)
{
	uint64_t v = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v))
			return false;
	}
	*val = v;
	return true;
}

bool kernel_since(unsigned int major, unsigned int minor)
{
	unsigned int here_major, here_minor;
	struct utsname u;

	return !uname(&u) && sscanf(u.release, "%u.%u", &here_major, &here_minor) == 2 &&
	       (here_major > major || (here_major == major && here_minor >= minor));
}
