// SPDX-License-Identifier: GPL-2.0-only
/* mlx5sim's files: whatever is written to them, what is not understood changes nothing */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "sim.h"

#define ROOT		"/sys/kernel/debug/mlx5sim"
#define NOBODY		65534
#define MAX_FRAME	10240
#define FUZZ_FRAMES	1000	/* at least, on any CPU but the slowest ($HOOKCOST_SCALE) */
#define FUZZ_SECONDS	3

/* All that can be set, with the range that is taken */
static const struct number {
	const char *name;
	uint64_t min, max;
} numbers[] = {
	{ "cable", 0, 1 },
	{ "drop_ppm", 0, 1000000 },
	{ "dup_ppm", 0, 1000000 },
	{ "corrupt_ppm", 0, 1000000 },
	{ "delay_us", 0, 1000000 },
	{ "gen/flows", 1, 1 << 20 },
	{ "gen/zipf_milli", 0, 4000 },
	{ "gen/burst", 1, 1024 },
	{ "gen/rate", 0, 1000000000 },
	{ "gen/number_at", 0, 10252 },
	{ "sink/from", 0, 10254 },
	{ "sink/number_at", 0, 10252 },
	{ "sink/check", 0, UINT32_MAX },
};

static int get(const char *file, char *text, size_t size)
{
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), ROOT "/port%d/%s", SIM_PORT, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, size - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return n < 0 ? -errno : 0;
}

static uint64_t value(const char *file)
{
	char text[64];

	return get(file, text, sizeof(text)) ? UINT64_MAX : strtoull(text, NULL, 10);
}

static int set(const char *file, const char *text)
{
	return sim_write(file, text, strlen(text));
}

FIXTURE(files) {
	uint64_t before[ARRAY_SIZE(numbers)];
};

FIXTURE_SETUP(files)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		self->before[i] = value(numbers[i].name);
}

FIXTURE_TEARDOWN(files)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		EXPECT_EQ(self->before[i], value(numbers[i].name)) {
			TH_LOG("%s", numbers[i].name);
		}
	}
}

TEST_F(files, ranges)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		const struct number *n = &numbers[i];

		EXPECT_EQ(0, sim_set(n->name, n->max));
		EXPECT_EQ(n->max, value(n->name));
		EXPECT_EQ(0, sim_set(n->name, n->min));
		EXPECT_EQ(n->min, value(n->name));
		EXPECT_EQ(-EINVAL, sim_set(n->name, n->max + 1));
		EXPECT_EQ(-EINVAL, sim_set(n->name, UINT64_MAX));
		/* below 0 is UINT64_MAX again */
		EXPECT_EQ(-EINVAL, sim_set(n->name, n->min - 1));
		EXPECT_EQ(n->min, value(n->name));
		EXPECT_EQ(0, sim_set(n->name, self->before[i]));
	}
}

TEST_F(files, garbage)
{
	static const char *const words[] = {
		"", " ", "\n", "x", "-1", "1x", "0x", "1 2", "1.0", "one", "+", "\xff\xfe", "%s%n",
	};
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		for (k = 0; k < ARRAY_SIZE(words); k++) {
			/* nothing at all is no write */
			if (!words[k][0])
				continue;
			EXPECT_EQ(-EINVAL, set(numbers[i].name, words[k])) {
				TH_LOG("\"%s\" to %s", words[k], numbers[i].name);
			}
		}
		EXPECT_GT(0, set(numbers[i].name, "99999999999999999999999"));
		EXPECT_EQ(-EINVAL, sim_write(numbers[i].name, "\0x", 2));
	}
	for (k = 0; k < ARRAY_SIZE(words); k++) {
		if (!words[k][0])
			continue;
		EXPECT_EQ(-EINVAL, set("gen/run", words[k]));
		EXPECT_EQ(-EINVAL, set("gen/start", words[k]));
		EXPECT_EQ(-EINVAL, set("fault", words[k]));
	}
	EXPECT_EQ(-EINVAL, set("gen/run", "0"));
}

TEST_F(files, fault)
{
	static const char *const words[] = {
		"sq", "rq", "sq x", "sq 1 0", "sq 1 256", "sq 1 -1", "sq 1 2 3", "sq 1 2x",
		"sq 1 x", "cq 0x400", "SQ 0x1000", "sq\t", "sqsq 1",
	};
	char text[128];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		EXPECT_EQ(-EINVAL, set("fault", words[i])) {
			TH_LOG("\"%s\"", words[i]);
		}
	}
	EXPECT_EQ(-ENOENT, set("fault", "sq 1"));
	EXPECT_EQ(-ENOENT, set("fault", "rq 0xffffffff 2"));
	EXPECT_EQ(-EINVAL, sim_write("fault", "sq 1 2\0x", 8));
	memset(text, ' ', sizeof(text));
	memcpy(text, "sq 1 2", 6);
	EXPECT_EQ(-EINVAL, sim_write("fault", text, sizeof(text)));
}

TEST_F(files, frames)
{
	static uint8_t frame[MAX_FRAME + 64];
	uint8_t before[MAX_FRAME + 64], after[MAX_FRAME + 64];
	static const size_t bad[] = { 1, 13, MAX_FRAME + 15, sizeof(frame) };
	unsigned int i;

	memset(frame, 0xee, sizeof(frame));
	memset(before, 0, sizeof(before));
	memset(after, 0, sizeof(after));
	ASSERT_EQ(0, get("gen/template", (char *)before, sizeof(before)));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EINVAL, sim_write("inject", frame, bad[i]));
		EXPECT_EQ(-EINVAL, sim_write("gen/template", frame, bad[i]));
		EXPECT_EQ(-EINVAL, sim_write("gen/frames", frame, bad[i]));
		EXPECT_EQ(-EINVAL, sim_write("sink/frames", frame, bad[i]));
	}
	ASSERT_EQ(0, get("gen/template", (char *)after, sizeof(after)));
	EXPECT_EQ(0, memcmp(before, after, sizeof(before)));
	/* memory that is not the caller's */
	EXPECT_EQ(-EFAULT, sim_write("inject", (void *)64, 64));
	EXPECT_EQ(-EFAULT, sim_write("gen/template", (void *)64, 64));
	EXPECT_EQ(-EFAULT, sim_write("fault", (void *)64, 16));
}

TEST_F(files, one_way)
{
	static const char *const readable[] = {
		"link", "counters", "objects", "queues", "clock", "gen/status", "gen/times",
		"sink/status", "sink/residence", "sink/last_wrong",
	};
	static const char *const writable[] = {
		"inject", "fault", "gen/start", "gen/stop", "gen/run",
	};
	char text[16];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(readable); i++) {
		EXPECT_EQ(0, get(readable[i], text, sizeof(text)));
		EXPECT_GT(0, set(readable[i], "1")) {
			TH_LOG("%s", readable[i]);
		}
	}
	for (i = 0; i < ARRAY_SIZE(writable); i++) {
		EXPECT_GT(0, get(writable[i], text, sizeof(text))) {
			TH_LOG("%s", writable[i]);
		}
	}
}

static unsigned int files, open_to_others;

static int look(const char *path, const struct stat *st, int type)
{
	if (type != FTW_F)
		return 0;
	files++;
	if (st->st_uid || st->st_mode & 0077) {
		ksft_print_msg("%s: mode %o\n", path, st->st_mode & 07777);
		open_to_others++;
	}
	return 0;
}

TEST_F(files, root_only)
{
	ASSERT_EQ(0, ftw(ROOT, look, 8));
	EXPECT_LT(40, files);
	EXPECT_EQ(0, open_to_others);
	ASSERT_EQ(0, seteuid(NOBODY));
	EXPECT_EQ(-1, open(ROOT "/port1/counters", O_RDONLY));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, open(ROOT "/port1/cable", O_WRONLY));
	ASSERT_EQ(0, seteuid(0));
}

static uint64_t counter(const char *name)
{
	return sim_number(SIM_PORT, "counters", name);
}

static uint64_t harm_done(void)
{
	return counter("dma_faults") + counter("cq_overruns") + counter("bad_commands");
}

FIXTURE(traffic) {
	struct sim_net net;
};

FIXTURE_SETUP(traffic)
{
	memset(&self->net, 0, sizeof(self->net));
	ASSERT_EQ(0, sim_up(&self->net));
}

FIXTURE_TEARDOWN(traffic)
{
	sim_down(&self->net);
}

/* What a fuzzer may write, most of it nearly right */
static size_t make(char *text, size_t size)
{
	static const char *const stems[] = {
		"0", "1", "sq 0x10%02x %d", "rq 0x20%02x %d", "%u", "-%u", "0x%x", "%d %d", "q%u",
	};
	size_t n, i;

	if (rand() % 4 == 0) {
		n = 1 + rand() % (size - 1);
		for (i = 0; i < n; i++)
			text[i] = rand();
		return n;
	}
	n = snprintf(text, size, stems[rand() % ARRAY_SIZE(stems)], rand() % 64, rand() % 300);
	if (rand() % 8 == 0)
		text[rand() % n] = rand();
	return n;
}

/*
 * Anything to any file while frames come; what the files say is still true afterwards. Not the
 * files that take the link away, have the driver recover from errors, or wait.
 */
TEST_F(traffic, fuzz)
{
	static const char *const targets[] = {
		"drop_ppm", "dup_ppm", "corrupt_ppm", "delay_us", "inject", "gen/flows",
		"gen/zipf_milli", "gen/burst", "gen/template", "gen/start", "gen/stop",
		"gen/frames", "gen/pattern", "gen/number_at",
		"sink/on", "sink/frames", "sink/from", "sink/number_at", "sink/check",
		"clock_offset", "clock_frozen",
	};
	uint8_t template[MAX_FRAME + 64], frame[60] = {};
	time_t end = time(NULL) + FUZZ_SECONDS;
	uint64_t harm = harm_done(), frames = counter("rx_frames");
	unsigned int scale = atoi(getenv("HOOKCOST_SCALE") ?: "1");
	unsigned int writes = 0, i;
	char text[4096];
	ssize_t len;
	int fd;

	fd = open(ROOT "/port1/gen/template", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	len = read(fd, template, sizeof(template));
	close(fd);
	ASSERT_LT(0, len);
	srand(1);
	while (time(NULL) < end) {
		sim_write(targets[rand() % ARRAY_SIZE(targets)], text, make(text, sizeof(text)));
		writes++;
	}
	TH_LOG("%u writes, %" PRIu64 " frames", writes, counter("rx_frames") - frames);
	EXPECT_LT(frames + FUZZ_FRAMES / (scale ? scale : 1), counter("rx_frames"));
	sim_set("gen/stop", 1);
	EXPECT_EQ(0, sim_set("sink/on", 0));
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		uint64_t now = value(numbers[i].name);

		EXPECT_LE(numbers[i].min, now);
		EXPECT_GE(numbers[i].max, now);
		/* the cable stays plugged */
		EXPECT_EQ(0, sim_set(numbers[i].name, i ? numbers[i].min : 1));
	}
	EXPECT_EQ(0, sim_set("clock_offset", 0));
	EXPECT_EQ(0, sim_set("clock_frozen", 0));
	EXPECT_EQ(0, sim_number(SIM_PORT, "gen/status", "running"));
	EXPECT_EQ(harm, harm_done());
	/* and frames come as ever */
	ASSERT_EQ(0, hc_mac(self->net.net.b, "hc0b", frame));
	EXPECT_EQ(0, sim_frames(&self->net, frame, sizeof(frame), 100));
	EXPECT_EQ(0, sim_write("gen/template", template, len));
}

int main(int argc, char **argv)
{
	sim_need();
	return test_harness_run(argc, argv);
}
