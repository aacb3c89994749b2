// SPDX-License-Identifier: GPL-2.0-only
/* A file of results: found, replaced, or written where it is */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/output_priv.h"
#include "core/util.h"

#define LINKS_MAX	40
#define FDS_MAX		256		/* a shell gives no higher ones */

/* Its folder without links, and its name in it */
static char *in_folder(const char *path)
{
	char *copy = xstrdup(path), *copy2 = xstrdup(path), *dir = realpath(dirname(copy), NULL);
	char *whole = NULL;

	if (dir)
		whole = xasprintf("%s/%s", strcmp(dir, "/") ? dir : "", basename(copy2));
	free(dir);
	free(copy);
	free(copy2);
	return whole;
}

/* Of "/proc/PID/fd/N", if that is this process */
static int own_fd(const char *path)
{
	char *dir = realpath("/proc/self/fd", NULL);
	size_t len = dir ? strlen(dir) : 0;
	uint64_t n;
	int fd = -1;

	if (dir && !strncmp(path, dir, len) && path[len] == '/' && parse_u64(path + len + 1, &n) &&
	    n <= INT_MAX)
		fd = (int)n;
	free(dir);
	return fd;
}

/* What the link has, from its own folder on; NULL with errno, EINVAL if it is none */
static char *link_target(const char *path)
{
	char target[PATH_MAX], *copy, *whole;
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0)
		return NULL;
	target[n] = '\0';
	if (target[0] == '/')
		return xstrdup(target);
	copy = xstrdup(path);
	whole = xasprintf("%s/%s", dirname(copy), target);
	free(copy);
	return whole;
}

char *file_at(const char *path, int *fd)
{
	char *at = *path ? in_folder(path) : NULL, *target;
	int links;

	*fd = -1;
	if (!*path)
		errno = ENOENT;
	for (links = 0; at && links < LINKS_MAX; links++) {
		*fd = own_fd(at);
		if (*fd >= 0)
			return at;
		target = link_target(at);
		if (!target)
			return at;
		free(at);
		at = in_folder(target);
		free(target);
	}
	if (at)
		errno = ELOOP;
	free(at);
	return NULL;
}

static bool is_written(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && !(flags & O_PATH);
}

/* Also without a /proc */
int file_open_as(dev_t dev, ino_t ino)
{
	struct stat st;
	int fd;

	for (fd = 0; fd < FDS_MAX; fd++)
		if (!fstat(fd, &st) && st.st_dev == dev && st.st_ino == ino && is_written(fd))
			return fd;
	return -1;
}

/* A container's file may be one that is mounted there alone */
static bool is_mount(const char *path)
{
	struct statx sx;

	return !statx(AT_FDCWD, path, 0, 0, &sx) &&
	       sx.stx_attributes & sx.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT;
}

/* An ACL, for one; labels are given to a new file by its folder */
static bool has_attributes(const char *path)
{
	char list[4096];
	ssize_t n = listxattr(path, list, sizeof(list)), i;

	for (i = 0; i < n; i += (ssize_t)strlen(list + i) + 1)
		if (strncmp(list + i, "security.", strlen("security.")))
			return true;
	return n < 0 && errno == ERANGE;
}

/* A new file beside path, as open() would make it, or as the one that is there */
static int create_temp(const char *path, const struct stat *like, char **temp)
{
	mode_t mask = umask(0), mode = like ? like->st_mode & 07777 : 0666 & ~mask;
	int fd, saved;

	umask(mask);
	*temp = xasprintf("%s.XXXXXX", path);
	fd = mkostemp(*temp, O_CLOEXEC);
	/* the owner first: a change of it takes bits of the mode away */
	if (fd >= 0 && (!like || !fchown(fd, like->st_uid, like->st_gid)) && !fchmod(fd, mode))
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

/* The other file for the one that is there, or for none; -1: it cannot be replaced by one */
static int create_other(const char *path, char **temp)
{
	struct stat st;

	if (stat(path, &st))
		return errno == ENOENT ? create_temp(path, NULL, temp) : -1;
	if (st.st_nlink > 1 || is_mount(path) || has_attributes(path)) {
		errno = EBUSY;
		return -1;
	}
	return create_temp(path, &st, temp);
}

static int open_there(const char *path)
{
	return open(path, O_WRONLY | O_CLOEXEC);
}

int file_try(const char *path)
{
	int there = open_there(path), fd;
	char *temp;

	/* a file that cannot be written is not replaced, either */
	if (there < 0 && errno != ENOENT)
		return -errno;
	fd = there < 0 ? create_other(path, &temp) : there;
	if (fd < 0)
		return -errno;
	close(fd);
	if (there >= 0)
		return 0;
	unlink(temp);
	free(temp);
	return 0;
}

static int write_all(int fd, const char *text)
{
	size_t left = strlen(text);
	ssize_t n;

	for (; left; text += n, left -= (size_t)n) {
		n = write(fd, text, left);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return -errno;
	}
	return fsync(fd) && errno != EINVAL && errno != EROFS ? -errno : 0;
}

/* Room first: what is there is lost as soon as it is overwritten */
static int write_there(const char *path, const char *text)
{
	off_t len = (off_t)strlen(text);
	int fd = open_there(path), ret;
	struct stat st;

	if (fd < 0)
		return -errno;
	ret = fstat(fd, &st) ? -errno : 0;
	if (!ret && len > st.st_size) {
		ret = -posix_fallocate(fd, st.st_size, len - st.st_size);
		if (ret && ftruncate(fd, st.st_size))
			ret = -errno;
	}
	if (!ret)
		ret = write_all(fd, text);
	if (!ret && ftruncate(fd, len))
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

int file_write(const char *path, const char *text)
{
	char *temp;
	int fd, ret;

	fd = create_other(path, &temp);
	if (fd < 0)
		return access(path, F_OK) ? -errno : write_there(path, text);
	ret = write_all(fd, text);
	if (close(fd) && !ret)
		ret = -errno;
	if (!ret && !rename(temp, path)) {
		free(temp);
		return 0;
	}
	unlink(temp);
	free(temp);
	/* where there is no room for another there may be none for more of this one */
	return ret ?: write_there(path, text);
}

char *file_rescue(const char *text)
{
	const char *const dir[] = { getenv("TMPDIR"), "/tmp", "/var/tmp", getenv("HOME"), "." };
	char *path;
	size_t i;
	int fd, ret;

	for (i = 0; i < ARRAY_SIZE(dir); i++) {
		if (!dir[i] || !*dir[i])
			continue;
		path = xasprintf("%s/hookcost-XXXXXX.json", dir[i]);
		fd = mkostemps(path, strlen(".json"), O_CLOEXEC);
		if (fd >= 0) {
			ret = write_all(fd, text);
			if (!close(fd) && !ret)
				return path;
			unlink(path);
		}
		free(path);
	}
	return NULL;
}
