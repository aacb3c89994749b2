// SPDX-License-Identifier: GPL-2.0-only
/* mlx5sim's account of its own time: it counts what was done, and no time twice */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "mlx5sim.skel.h"
#include "simdata.h"
#include "simflow.h"

#define FILE_NAME	"/sys/kernel/debug/mlx5sim/account"
#define FRAMES		200000
#define PART		128	/* frames under way, where the driver sends them on */
#define GRAMS		500
#define LOOKS		50
#define FRAME_TYPE	0x88b5

enum kind { LOOP, FRAMES_IN, EVENTS, UMR, SEND, COMMANDS, REQUESTS, MMIO, MAPPING, ACCOUNT, KINDS };

static const char *const names[KINDS] = {
	"loop", "frames", "events", "umr", "send", "commands", "requests", "mmio", "mapping",
	"account",
};

struct account {
	uint64_t tsc, ns;
	uint64_t ticks[KINDS], count[KINDS];
	unsigned int lines;
};

static struct account look(void)
{
	struct account a = {};
	uint64_t ticks, count;
	char text[128], name[32];
	int n, i;
	FILE *f = fopen(FILE_NAME, "re");

	while (f && fgets(text, sizeof(text), f)) {
		n = sscanf(text, "%31s %" SCNu64 " %" SCNu64, name, &ticks, &count);
		a.lines++;
		if (n == 2 && !strcmp(name, "tsc"))
			a.tsc = ticks;
		else if (n == 2 && !strcmp(name, "ns"))
			a.ns = ticks;
		for (i = 0; i < KINDS && n == 3; i++)
			if (!strcmp(name, names[i])) {
				a.ticks[i] = ticks;
				a.count[i] = count;
			}
	}
	if (f)
		fclose(f);
	return a;
}

static struct account grown(const struct account *from, const struct account *to)
{
	struct account d = { .tsc = to->tsc - from->tsc, .ns = to->ns - from->ns };
	int i;

	for (i = 0; i < KINDS; i++) {
		d.ticks[i] = to->ticks[i] - from->ticks[i];
		d.count[i] = to->count[i] - from->count[i];
	}
	return d;
}

/* The engine is one thread, and on one CPU the driver is not beside it */
static uint64_t all_ticks(const struct account *a)
{
	uint64_t sum = 0;
	int i;

	for (i = LOOP; i <= REQUESTS; i++)
		sum += a->ticks[i];
	if (sysconf(_SC_NPROCESSORS_CONF) == 1)
		sum += a->ticks[MMIO] + a->ticks[MAPPING];
	return sum;
}

static int restart(const char *text)
{
	int fd = open(FILE_NAME, O_WRONLY | O_CLOEXEC), ret;

	ret = fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;
	if (fd >= 0)
		close(fd);
	return ret;
}

FIXTURE(mlx5sim_account) {
	struct mlx5sim *prog;
	struct bpf_link *a, *b;
	struct flow_grams flow;
	uint8_t frame[60];
};

FIXTURE_SETUP(mlx5sim_account)
{
	memset(self, 0, sizeof(*self));
	self->flow.tx = -1;
	self->flow.rx = -1;
	ASSERT_EQ(0, data_mode(true, false));
	self->prog = mlx5sim__open_and_load();
	ASSERT_NE(NULL, self->prog);
	hc_frame(&sim.net, self->frame, sizeof(self->frame), FRAME_TYPE, 0);
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "gen/template", self->frame, sizeof(self->frame)));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/rate", 0));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/burst", 64));
}

FIXTURE_TEARDOWN(mlx5sim_account)
{
	data_set(DATA_PORT_B, "gen/stop", 1);
	data_set(DATA_PORT_B, "gen/flows", 1);
	bpf_link__destroy(self->a);
	bpf_link__destroy(self->b);
	mlx5sim__destroy(self->prog);
}

static void sink(struct __test_metadata *_metadata, struct _test_data_mlx5sim_account *self)
{
	self->b = hook_xdp(&sim.net, "hc0b", self->prog->progs.sink);
	ASSERT_NE(NULL, self->b);
}

/* So many have come, and nothing is counted twice */
static void expect_frames(struct __test_metadata *_metadata,
			  struct _test_data_mlx5sim_account *self, unsigned int n)
{
	struct account from = look(), to, d;

	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", n));
	ASSERT_TRUE(DATA_AWAIT(self->prog->bss->sunk >= n));
	to = look();
	d = grown(&from, &to);
	EXPECT_EQ(n, self->prog->bss->sunk);
	EXPECT_EQ(n, d.count[FRAMES_IN]);
	EXPECT_LT(0, d.ticks[FRAMES_IN]);
	EXPECT_LT(0, d.count[EVENTS]);
	EXPECT_LT(0, d.ticks[EVENTS]);
	EXPECT_LE((n + 63) / 64, d.count[LOOP]);
	EXPECT_EQ(0, d.count[SEND]);
	EXPECT_EQ(0, d.ticks[SEND]);
	EXPECT_GE(d.tsc, all_ticks(&d)) {
		TH_LOG("%" PRIu64 " ticks in %" PRIu64, all_ticks(&d), d.tsc);
	}
}

TEST_F(mlx5sim_account, format)
{
	struct account a = look(), b;
	uint64_t hz;

	EXPECT_EQ(2 + KINDS, a.lines);
	usleep(100000);
	b = look();
	EXPECT_LE(a.ns + 100000000, b.ns);
	EXPECT_LT(a.tsc, b.tsc);
	/* any TSC that there is, in Hz */
	hz = (b.tsc - a.tsc) * 1000 / ((b.ns - a.ns) / 1000000);
	EXPECT_LT(100000000, hz);
	EXPECT_GT(10000000000, hz);
}

TEST_F_TIMEOUT(mlx5sim_account, frames_striding, DATA_TIMEOUT)
{
	unsigned int n = data_some(FRAMES);
	struct account from = look(), to;

	sink(_metadata, self);
	expect_frames(_metadata, self, n);
	/* each of a ring's WQEs was posted anew */
	to = look();
	EXPECT_LT(from.count[UMR], to.count[UMR]);
	EXPECT_LT(from.ticks[UMR], to.ticks[UMR]);
}

TEST_F_TIMEOUT(mlx5sim_account, frames_cyclic, DATA_TIMEOUT)
{
	struct account from, to;

	ASSERT_EQ(0, data_mode(false, false));
	sink(_metadata, self);
	from = look();
	expect_frames(_metadata, self, data_some(FRAMES));
	to = look();
	EXPECT_EQ(from.count[UMR], to.count[UMR]);
}

/* To all queues that there are, one for each CPU */
TEST_F_TIMEOUT(mlx5sim_account, frames_of_many_flows, DATA_TIMEOUT)
{
	sink(_metadata, self);
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/flows", 256));
	expect_frames(_metadata, self, data_some(FRAMES));
}

/* Counts and times only grow, while frames come, and stay within the time that passes */
TEST_F_TIMEOUT(mlx5sim_account, monotone, DATA_TIMEOUT)
{
	struct account first = look(), last = first, now, d;
	int i, k;

	sink(_metadata, self);
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/start", 0));
	for (i = 0; i < LOOKS; i++) {
		now = look();
		EXPECT_LT(last.tsc, now.tsc);
		for (k = 0; k < KINDS; k++) {
			EXPECT_LE(last.ticks[k], now.ticks[k]);
			EXPECT_LE(last.count[k], now.count[k]);
		}
		d = grown(&last, &now);
		EXPECT_GE(d.tsc, all_ticks(&d)) {
			TH_LOG("%" PRIu64 " ticks in %" PRIu64, all_ticks(&d), d.tsc);
		}
		last = now;
	}
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/stop", 1));
	EXPECT_LT(first.count[FRAMES_IN], last.count[FRAMES_IN]);
	/* what the account takes is a small part of what it is of */
	EXPECT_LT(4 * last.ticks[ACCOUNT], all_ticks(&last));
}

/* No frame, no time of any */
TEST_F(mlx5sim_account, idle)
{
	static const enum kind packets[] = { FRAMES_IN, SEND, UMR, MAPPING };
	struct account from, to, d;
	unsigned int i;

	usleep(100000);
	from = look();
	usleep(500000);
	to = look();
	d = grown(&from, &to);
	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		EXPECT_EQ(0, d.count[packets[i]]) {
			TH_LOG("%s", names[packets[i]]);
		}
		EXPECT_EQ(0, d.ticks[packets[i]]);
	}
	EXPECT_GE(d.tsc, all_ticks(&d));
	/* these two looks, at least one of them after the first was taken */
	EXPECT_LE(1, d.count[REQUESTS]);
}

TEST_F_TIMEOUT(mlx5sim_account, send, DATA_TIMEOUT)
{
	unsigned int n = data_some(GRAMS);
	struct account from, to, d;

	ASSERT_EQ(0, flow_grams_open(&self->flow, FLOW_B4));
	from = look();
	ASSERT_EQ(0, flow_grams_send(&self->flow, n));
	flow_grams_drain(&self->flow, n);
	to = look();
	d = grown(&from, &to);
	flow_grams_close(&self->flow);
	EXPECT_EQ(n, self->flow.received);
	EXPECT_LT(0, d.count[SEND]);
	EXPECT_LT(0, d.ticks[SEND]);
	/* a WQE may have several; and there are NOPs, a quarter of a page's at most */
	EXPECT_GE(2 * n, d.count[SEND]);
	/* they arrive where they are sent */
	EXPECT_EQ(0, d.count[FRAMES_IN]);
	EXPECT_GE(d.tsc, all_ticks(&d));
}

/*
 * Frames that the driver sends back from its NAPI: its doorbells are within the driver, and
 * that within the engine's turn, on one CPU
 */
TEST_F_TIMEOUT(mlx5sim_account, nested, DATA_TIMEOUT)
{
	unsigned int n = data_some(FRAMES), done, part;
	struct account from, to, d;
	uint8_t mac[6];

	sink(_metadata, self);
	self->prog->bss->action = XDP_TX;
	hc_enter(sim.net.a);
	self->a = bpf_program__attach_xdp(self->prog->progs.verdict,
					  hc_ifindex(sim.net.a, "hc0a"));
	hc_enter(sim.net.home);
	ASSERT_NE(NULL, self->a);
	memcpy(mac, self->frame, 6);
	memcpy(self->frame, self->frame + 6, 6);
	memcpy(self->frame + 6, mac, 6);
	ASSERT_EQ(0, sim_port_write(DATA_PORT_A, "gen/template", self->frame, sizeof(self->frame)));
	ASSERT_EQ(0, data_set(DATA_PORT_A, "gen/rate", 0));
	ASSERT_EQ(0, data_set(DATA_PORT_A, "gen/flows", 1));
	ASSERT_EQ(0, data_set(DATA_PORT_A, "gen/burst", 60));
	from = look();
	for (done = 0; done < n; done += part) {
		part = n - done < PART ? n - done : PART;
		ASSERT_EQ(0, data_set(DATA_PORT_A, "gen/run", part));
		ASSERT_TRUE(DATA_AWAIT(self->prog->bss->sunk >= done + part));
	}
	to = look();
	d = grown(&from, &to);
	EXPECT_EQ(n, d.count[FRAMES_IN]);
	EXPECT_LT(0, d.count[SEND]);
	EXPECT_GE(2 * n, d.count[SEND]);
	if (!access("/proc/exitcode", F_OK)) {
		/* UML traps the BAR */
		EXPECT_LT(0, d.count[MMIO]);
		EXPECT_LT(0, d.ticks[MMIO]);
	} else {
		EXPECT_EQ(0, d.count[MMIO]);
	}
	EXPECT_GE(d.tsc, all_ticks(&d)) {
		TH_LOG("%" PRIu64 " ticks in %" PRIu64, all_ticks(&d), d.tsc);
	}
}

/* A burst's ticks are a part of its time, and all bursts' a part of the account */
TEST_F_TIMEOUT(mlx5sim_account, bursts, DATA_TIMEOUT)
{
	unsigned int n = data_some(FRAMES), ns, frames, ticks, lines = 0, sum = 0;
	struct account from, to, d;
	uint64_t all = 0;
	FILE *f;

	sink(_metadata, self);
	from = look();
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", n));
	ASSERT_TRUE(DATA_AWAIT(self->prog->bss->sunk >= n));
	to = look();
	d = grown(&from, &to);
	f = fopen("/sys/kernel/debug/mlx5sim/port1/gen/times", "re");
	ASSERT_NE(NULL, f);
	while (fscanf(f, "%u %u %u", &ns, &frames, &ticks) == 3) {
		EXPECT_LT(0, ticks);
		/* they are read within the time; by the clocks' rates since the account began */
		EXPECT_GE((1.01 * ns + 100) * to.tsc / to.ns, ticks) {
			TH_LOG("burst %u: %u ticks in %u ns", lines, ticks, ns);
		}
		all += ticks;
		sum += frames;
		lines++;
	}
	EXPECT_NE(0, feof(f));
	fclose(f);
	EXPECT_LT(0, lines);
	EXPECT_EQ(n, sum);
	EXPECT_GE(all_ticks(&d), all);
}

TEST_F_TIMEOUT(mlx5sim_account, reset, DATA_TIMEOUT)
{
	static const char *const bad[] = { "1", "x", "-1", "0x", "0 0" };
	struct account before, after;
	unsigned int i;

	sink(_metadata, self);
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", 1000));
	ASSERT_TRUE(DATA_AWAIT(self->prog->bss->sunk >= 1000));
	before = look();
	EXPECT_LE(1000, before.count[FRAMES_IN]);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-EINVAL, restart(bad[i])) {
			TH_LOG("\"%s\"", bad[i]);
		}
	}
	after = look();
	EXPECT_EQ(before.count[FRAMES_IN], after.count[FRAMES_IN]);
	ASSERT_EQ(0, restart("0"));
	after = look();
	EXPECT_EQ(0, after.count[FRAMES_IN]);
	EXPECT_EQ(0, after.ticks[FRAMES_IN]);
	EXPECT_GT(before.tsc, after.tsc);
	EXPECT_GT(before.ns, after.ns);
	EXPECT_GT(before.ticks[EVENTS], after.ticks[EVENTS]);
	EXPECT_GE(after.tsc, all_ticks(&after));
}

int main(int argc, char **argv)
{
	data_begin();
	if (access(FILE_NAME, R_OK))
		ksft_exit_skip("no " FILE_NAME "\n");
	return test_harness_run(argc, argv);
}
