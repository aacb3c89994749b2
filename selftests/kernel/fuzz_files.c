// SPDX-License-Identifier: GPL-2.0-only
/* The files that are written to: which there are, what they show, and how to put them back */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "kselftest.h"
#include "fuzz.h"

#define FILES_MAX	96
#define PATIENCE_MS	50	/* for a write that waits */

struct fuzz_file fuzz_files[FILES_MAX];
size_t fuzz_nfiles;
unsigned int fuzz_faults;

void fuzz_fault(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (fuzz_faults++ < 20)
		ksft_print_msg("%s\n", text);
}

/* By the last parts of their paths; delays are not made so long that they would be waited for */
static const struct {
	const char *name;
	enum fuzz_kind kind;
	uint64_t min, max;
} known_files[] = {
	{ "/hookcost/enable", FUZZ_ENABLE },
	{ "/hookcost/reset", FUZZ_RESET },
	{ "/hookcost/clock", FUZZ_CLOCK },
	{ "/hookcost/device", FUZZ_DEVICE },
	{ "/hookcost/native", FUZZ_NATIVE, 0, 1000000 },
	{ "/cable", FUZZ_NUMBER, 0, 1 },
	{ "/drop_ppm", FUZZ_NUMBER, 0, 1000000 },
	{ "/dup_ppm", FUZZ_NUMBER, 0, 1000000 },
	{ "/corrupt_ppm", FUZZ_NUMBER, 0, 1000000 },
	{ "/delay_us", FUZZ_NUMBER, 0, 1000000 },
	{ "/clock_offset", FUZZ_SIGNED, 0, INT64_MAX },
	{ "/clock_frozen", FUZZ_NUMBER, 0, UINT64_MAX },
	{ "/inject", FUZZ_INJECT },
	{ "/fault", FUZZ_FAULT, 0, UINT32_MAX },
	{ "/gen/flows", FUZZ_NUMBER, 1, 1 << 20 },
	{ "/gen/zipf_milli", FUZZ_NUMBER, 0, 4000 },
	{ "/gen/burst", FUZZ_NUMBER, 1, 1024 },
	{ "/gen/rate", FUZZ_NUMBER, 0, 1000000000 },
	{ "/gen/template", FUZZ_TEMPLATE },
	{ "/sink/from", FUZZ_NUMBER, 0, 10254 },
	{ "/sink/number_at", FUZZ_NUMBER, 0, 10252 },
	{ "/sink/check", FUZZ_NUMBER, 0, UINT32_MAX },
	{ "/gen/start", FUZZ_START, 0, 100000 },
	{ "/gen/run", FUZZ_RUN, 0, 100000 },
	{ "/gen/stop", FUZZ_STOP, 0, 1 },
	{ "/parameters/", FUZZ_PARAMETER, 0, UINT32_MAX },
};

static ssize_t show(const struct fuzz_file *f, char *buf, size_t size)
{
	int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = -1;

	while (fd >= 0 && len < size && (n = read(fd, buf + len, size - len)) > 0)
		len += n;
	if (fd >= 0)
		close(fd);
	if (n) {
		fuzz_fault("%s cannot be read: %s", f->path, strerror(n < 0 ? errno : EFBIG));
		return -1;
	}
	/* the floors are measured anew each time */
	if (f->kind == FUZZ_CLOCK) {
		char *floors = memmem(buf, len, "\nfloor", 6);

		len = floors ? (size_t)(floors - buf) : len;
	}
	return len;
}

void fuzz_learn(struct fuzz_file *f)
{
	ssize_t n = f->shows ? show(f, f->known, sizeof(f->known)) : 0;

	f->known_len = n < 0 ? 0 : n;
}

void fuzz_compare(const struct fuzz_file *f, const char *when)
{
	static char now[FUZZ_SHOWN];
	ssize_t n = f->shows ? show(f, now, sizeof(now)) : 0;

	if (f->shows && (n != (ssize_t)f->known_len || memcmp(now, f->known, n)))
		fuzz_fault("%s has changed by %s: \"%.*s\", it was \"%.*s\"", f->path, when,
			   n > 60 ? 60 : (int)n, now,
			   f->known_len > 60 ? 60 : (int)f->known_len, f->known);
}

void fuzz_compare_all(const char *when)
{
	size_t i;

	for (i = 0; i < fuzz_nfiles; i++)
		fuzz_compare(&fuzz_files[i], when);
}

/*
 * They go on by themselves, or others change them ("template" begins the generator's frames
 * anew), so that what they show tells nothing; they have tests of their own, mlx5sim_debugfs
 * has its fuzz
 */
static bool goes_on(const char *path)
{
	static const char *const names[] = {
		"/mlx5sim/account", "/dma_fail", "/frames", "/gen/pattern", "/gen/number_at",
		"/sink/on",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (strstr(path, names[i]))
			return true;
	return false;
}

static int add(const char *path, const struct stat *st, int type)
{
	struct fuzz_file *f = &fuzz_files[fuzz_nfiles];
	size_t i;

	if (type != FTW_F || !(st->st_mode & 0222) || goes_on(path))
		return 0;
	for (i = 0; i < ARRAY_SIZE(known_files); i++)
		if (strstr(path, known_files[i].name))
			break;
	if (i == ARRAY_SIZE(known_files) || fuzz_nfiles == FILES_MAX) {
		fuzz_fault("%s can be written to, and this test does not know how", path);
		return 0;
	}
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->kind = known_files[i].kind;
	f->min = known_files[i].min;
	f->max = known_files[i].max;
	f->shows = st->st_mode & 0444;
	fuzz_learn(f);
	memcpy(f->initial, f->known, sizeof(f->known));
	f->initial_len = f->known_len;
	fuzz_nfiles++;
	return 0;
}

void fuzz_forget(void)
{
	memset(fuzz_files, 0, sizeof(fuzz_files));
	fuzz_nfiles = 0;
}

void fuzz_find(const char *root)
{
	if (ftw(root, add, 16))
		fuzz_fault("cannot look through %s: %s", root, strerror(errno));
}

ssize_t fuzz_write(const struct fuzz_file *f, const char *buf, size_t len, off_t at)
{
	/* what waits longer than that is interrupted, and that is documented */
	const struct timeval patience = { .tv_usec = PATIENCE_MS * 1000 };
	/* again, as the first one may come before it waits */
	struct itimerval soon = { .it_value = patience, .it_interval = patience }, never = {};
	int fd = open(f->path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	if (f->kind == FUZZ_RUN)
		setitimer(ITIMER_REAL, &soon, NULL);
	n = at ? pwrite(fd, buf, len, at) : write(fd, buf, len);
	n = n < 0 ? -errno : n;
	setitimer(ITIMER_REAL, &never, NULL);
	close(fd);
	return n;
}

void fuzz_stop_generators(void)
{
	size_t i;

	for (i = 0; i < fuzz_nfiles; i++)
		if (fuzz_files[i].kind == FUZZ_STOP && fuzz_write(&fuzz_files[i], "1", 1, 0) != 1)
			fuzz_fault("%s is refused", fuzz_files[i].path);
}

static void put_one_back(const struct fuzz_file *f)
{
	const char *text = f->initial;
	size_t len = f->initial_len;
	ssize_t n;

	if (f->kind == FUZZ_NATIVE || f->kind == FUZZ_CLOCK) {
		text = f->kind == FUZZ_NATIVE ? "off" : "plain";
		len = strlen(text);
	}
	n = fuzz_write(f, text, len, 0);
	if (n != (ssize_t)len)
		fuzz_fault("%s does not take what it showed: %s", f->path, strerror(-n));
}

/* Which writing to another parameter sets, as is documented */
static bool set_by_another(const struct fuzz_file *f)
{
	return strstr(f->path, "/rep_movs_short");
}

/* What was set before; a valid write does it, whatever came before that */
void fuzz_put_back(void)
{
	size_t i;

	fuzz_stop_generators();
	for (i = 0; i < fuzz_nfiles; i++)
		if (fuzz_files[i].shows && !set_by_another(&fuzz_files[i]))
			put_one_back(&fuzz_files[i]);
	for (i = 0; i < fuzz_nfiles; i++)
		if (fuzz_files[i].shows && set_by_another(&fuzz_files[i]))
			put_one_back(&fuzz_files[i]);
	for (i = 0; i < fuzz_nfiles; i++) {
		memcpy(fuzz_files[i].known, fuzz_files[i].initial, sizeof(fuzz_files[i].known));
		fuzz_files[i].known_len = fuzz_files[i].initial_len;
		fuzz_compare(&fuzz_files[i], "putting it back");
	}
}

