// SPDX-License-Identifier: GPL-2.0-only
/* The files below debugfs: modes, what they take, and that they refuse all else */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "hookcost_test.h"

static const struct {
	const char *file;
	mode_t mode;
} files[] = {
	{ "enable", 0600 },
	{ "reset", 0200 },
	{ "clock", 0600 },
	{ "device", 0600 },
	{ "native", 0600 },
	{ "hooks/xdp", 0400 },
	{ "hooks/tc", 0400 },
	{ "hooks/sk_skb", 0400 },
	{ "hooks/udp", 0400 },
	{ "hooks/tcp", 0400 },
};

FIXTURE(debugfs) {
};

FIXTURE_SETUP(debugfs)
{
	ASSERT_EQ(0, hc_all_off());
}

FIXTURE_TEARDOWN(debugfs)
{
	EXPECT_EQ(0, hc_all_off());
}

TEST_F(debugfs, modes)
{
	struct stat st;
	char path[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), HC_ROOT "/%s", files[i].file);
		ASSERT_EQ(0, stat(path, &st)) {
			TH_LOG("%s", path);
		}
		EXPECT_EQ(files[i].mode, st.st_mode & 07777) {
			TH_LOG("%s", path);
		}
		EXPECT_EQ(0, st.st_uid);
	}
}

#define EXPECT_FILE(file, text) EXPECT_STREQ(text, hc_get(file))

static void expect_takes(struct __test_metadata *_metadata, const char *file, const char *text)
{
	EXPECT_EQ(0, hc_set(file, text)) {
		TH_LOG("%s: \"%s\"", file, text);
	}
}

TEST_F(debugfs, enable)
{
	static const struct {
		const char *write, *read;
	} sets[] = {
		{ "xdp", "xdp\n" },
		{ "tcp", "tcp\n" },
		{ "all", "xdp tc sk_skb udp tcp\n" },
		{ "none", "none\n" },
		{ "tcp xdp\n", "xdp tcp\n" },
		{ "udp", "udp\n" },
		{ "tc\nsk_skb\n", "tc sk_skb\n" },
		{ "  xdp   udp\t\n", "xdp udp\n" },
		{ "xdp xdp", "xdp\n" },
		{ "xdp tc sk_skb udp tcp", "xdp tc sk_skb udp tcp\n" },
		{ "none\n", "none\n" },
	};
	size_t i;

	EXPECT_FILE("enable", "none\n");
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		expect_takes(_metadata, "enable", sets[i].write);
		EXPECT_FILE("enable", sets[i].read);
	}
}

/* "enabled" of each table follows */
TEST_F(debugfs, enabled)
{
	static const char *const hooks[] = { "xdp", "tc", "sk_skb", "udp", "tcp" };
	struct hc_hook h;
	size_t on, i;

	for (on = 0; on < ARRAY_SIZE(hooks); on++) {
		ASSERT_EQ(0, hc_set("enable", hooks[on]));
		for (i = 0; i < ARRAY_SIZE(hooks); i++) {
			ASSERT_EQ(0, hc_read_idle(hooks[i], &h));
			EXPECT_EQ(i == on, h.enabled) {
				TH_LOG("%s with %s enabled", hooks[i], hooks[on]);
			}
			EXPECT_EQ(0, hc_seen(&h));
			EXPECT_EQ(0, h.unstamped);
		}
	}
}

TEST_F(debugfs, clock)
{
	static const char *const modes[] = { "ordered", "plain", "ordered\n", " plain " };
	uint64_t khz, count, min, median, max, n[4];
	char source[16], mode[16];
	struct hc_hook h;
	int end, fields;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		expect_takes(_metadata, "clock", modes[i]);
		end = 0;
		fields = sscanf(hc_get("clock"),
				"hookcost 2 clock\nsource %15s\nmode %15s\nkhz %" SCNu64 "\n"
				"floor plain count %" SCNu64 " min %" SCNu64 " median %" SCNu64
				" max %" SCNu64 "\nfloor ordered count %" SCNu64 " min %" SCNu64
				" median %" SCNu64 " max %" SCNu64 "\n%n",
				source, mode, &khz, &count, &min, &median, &max,
				&n[0], &n[1], &n[2], &n[3], &end);
		EXPECT_EQ(11, fields);
		EXPECT_LT(0, end);
		EXPECT_EQ(0, strncmp(source, "tsc", 3));
		EXPECT_NE(NULL, strstr(modes[i], mode));
		EXPECT_LT(100000, khz);
		EXPECT_LE(1000, count);
		EXPECT_LT(0, max);
		EXPECT_LE(min, median);
		EXPECT_LE(median, max);
		EXPECT_EQ(count, n[0]);
		EXPECT_LT(0, n[3]);
		EXPECT_LE(n[1], n[2]);
		EXPECT_LE(n[2], n[3]);
		/* the hooks' tables name the same clock */
		ASSERT_EQ(0, hc_read_hook("tc", &h));
		EXPECT_STREQ(mode, h.mode);
		EXPECT_EQ(khz, h.khz);
	}
}

TEST_F(debugfs, device)
{
	EXPECT_FILE("device", "any\n");
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	ASSERT_EQ(0, hc_shell(hc_this_ns(), "ip link add hcd0 type veth peer name hcd1"));
	expect_takes(_metadata, "device", "hcd0");
	EXPECT_FILE("device", "hcd0\n");
	expect_takes(_metadata, "device", "any\n");
	EXPECT_FILE("device", "any\n");
	expect_takes(_metadata, "device", "hcd0\n");
	EXPECT_FILE("device", "hcd0\n");
}

TEST_F(debugfs, reset)
{
	expect_takes(_metadata, "reset", "1");
	expect_takes(_metadata, "reset", "1\n");
	EXPECT_EQ(-1, open(HC_ROOT "/hooks/none", O_RDONLY));
}

/* What a file shows must be the same before and after each refusal */
struct wrong {
	const char *file;
	const char *text;
	size_t len;
};

#define WRONG(file, text) { file, text, sizeof(text) - 1 }

static const struct wrong refused[] = {
	WRONG("enable", ""),
	WRONG("enable", "\n"),
	WRONG("enable", " \t\n"),
	WRONG("enable", "xd"),
	WRONG("enable", "xdpp"),
	WRONG("enable", "XDP"),
	WRONG("enable", "xdp,tc"),
	WRONG("enable", "xdp nothing"),
	WRONG("enable", "all xdp"),
	WRONG("enable", "xdp all"),
	WRONG("enable", "none tc"),
	WRONG("enable", "xdp\0"),
	WRONG("enable", "xdp\0tc"),
	WRONG("enable", "\0"),
	WRONG("enable", "1"),
	WRONG("enable", "\xff\xfe"),
	WRONG("enable",
	      "xdp tc udp tcp xdp tc udp tcp xdp tc udp tcp xdp tc udp tcp xdp tc udp tcp"),
	WRONG("reset", ""),
	WRONG("reset", "0"),
	WRONG("reset", "2"),
	WRONG("reset", "-1"),
	WRONG("reset", "11"),
	WRONG("reset", "1 1"),
	WRONG("reset", "1\0"),
	WRONG("reset", "yes"),
	WRONG("reset", "free 1"),
	WRONG("reset", "freed"),
	WRONG("reset", "1                    "),
	WRONG("clock", ""),
	WRONG("clock", "\n"),
	WRONG("clock", "plain ordered"),
	WRONG("clock", "PLAIN"),
	WRONG("clock", "plainer"),
	WRONG("clock", "order"),
	WRONG("clock", "plain\0"),
	WRONG("clock", "ordered and so on and so forth"),
	WRONG("device", ""),
	WRONG("device", "\n"),
	WRONG("device", "any any"),
	WRONG("device", "ANY"),
	WRONG("device", "none any"),
	WRONG("device", "hc-no-such-dev"),
	WRONG("device", "lo\0"),
	WRONG("device", "lo lo"),
	WRONG("device", "../lo"),
	WRONG("device", "a-name-longer-than-any-device-has"),
	WRONG("native", ""),
	WRONG("native", "\n"),
	WRONG("native", "no_such_program dev hcd0"),
	WRONG("native", "no_such_program 1 dev hcd0"),
	WRONG("native", "off 1"),
	WRONG("native", "off off"),
	WRONG("native", "OFF"),
	WRONG("native", "off\0"),
	WRONG("native", "hard_drop 1 dev hcd0"),
	WRONG("native", "hard_drop -1 dev hcd0"),
	WRONG("native", "hard_fib 5121 dev hcd0"),
	WRONG("native", "hard_fib 18446744073709551615 dev hcd0"),
	WRONG("native", "hard_fib 18446744073709551616 dev hcd0"),
	WRONG("native", "hard_fib -1 dev hcd0"),
	WRONG("native", "hard_fib 0x10 dev hcd0"),
	WRONG("native", "hard_fib 1 1 dev hcd0"),
	WRONG("native", "hard_fib 1x dev hcd0"),
	WRONG("native", "hard_fib x dev hcd0"),
	WRONG("native", "hard_fib 1.5 dev hcd0"),
	WRONG("native", "hard_fib\0001"),
	WRONG("native", "hard_sum 65 dev hcd0"),
	WRONG("native", "hard_drop"),
	WRONG("native", "hard_fib 1"),
	WRONG("native", "hard_drop dev"),
	WRONG("native", "hard_fib 1 dev"),
	WRONG("native", "hard_drop dev "),
	WRONG("native", "hard_drop dev hc-no-such-dev"),
	WRONG("native", "hard_drop dev hcd0 hc-no-such-dev"),
	WRONG("native", "hard_drop hcd0"),
	WRONG("native", "hard_drop hcd0 dev"),
	WRONG("native", "hard_fib dev 1 hcd0"),
	WRONG("native", "dev hcd0"),
	WRONG("native", "off dev hcd0"),
};

static void expect_refused(struct __test_metadata *_metadata, const struct wrong *w)
{
	char before[4096] = "";
	bool clock = !strcmp(w->file, "clock");

	if (strcmp(w->file, "reset"))
		snprintf(before, sizeof(before), "%s", hc_get(w->file));
	/* its floors are measured anew each time */
	if (clock && strstr(before, "floor"))
		*strstr(before, "floor") = '\0';
	EXPECT_EQ(-EINVAL, hc_write(w->file, w->text, w->len)) {
		TH_LOG("%s takes \"%s\"", w->file, w->text);
	}
	if (!strcmp(w->file, "reset"))
		return;
	EXPECT_EQ(0, strncmp(before, hc_get(w->file), clock ? strlen(before) : sizeof(before))) {
		TH_LOG("%s changed by \"%s\"", w->file, w->text);
	}
}

/* Everything at its default, then everything set */
TEST_F(debugfs, refuses)
{
	size_t i;

	/* a device that all of it could be for */
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	ASSERT_EQ(0, hc_shell(hc_this_ns(), "ip link add hcd0 type veth peer name hcd1"));
	for (i = 0; i < ARRAY_SIZE(refused); i++)
		expect_refused(_metadata, &refused[i]);
	EXPECT_FILE("enable", "none\n");

	ASSERT_EQ(0, hc_set("enable", "tc tcp"));
	ASSERT_EQ(0, hc_set("clock", "ordered"));
	ASSERT_EQ(0, hc_set("device", "hcd0"));
	if (hc_set("native", "hard_fib 7 dev hcd0"))
		TH_LOG("no hard-coded programs: CONFIG_HOOKCOST_HARDCODED is off");
	for (i = 0; i < ARRAY_SIZE(refused); i++)
		expect_refused(_metadata, &refused[i]);
	EXPECT_FILE("enable", "tc tcp\n");
	EXPECT_FILE("device", "hcd0\n");
	EXPECT_NE(NULL, strstr(hc_get("clock"), "\nmode ordered\n"));
}

/* As long as a pipe, and longer than a page */
TEST_F(debugfs, refuses_long)
{
	size_t len = 1 << 16, i;
	char *text = malloc(len);

	ASSERT_NE(NULL, text);
	for (i = 0; i < len; i++)
		text[i] = "xdp "[i % 4];
	for (i = 0; i < 5; i++) {
		EXPECT_EQ(-EINVAL, hc_write(files[i].file, text, len)) {
			TH_LOG("%s", files[i].file);
		}
		EXPECT_EQ(-EINVAL, hc_write(files[i].file, text, 4096)) {
			TH_LOG("%s", files[i].file);
		}
	}
	EXPECT_FILE("enable", "none\n");
	free(text);
}

/* "free": of hooks that are off, and of no others */
TEST_F(debugfs, free)
{
	struct hc_flow flow;
	struct hc_hook h;
	struct hc_net n;

	ASSERT_EQ(0, hc_net_up(&n));
	ASSERT_EQ(0, hc_flow_open(&flow, &n, 0, AF_INET, SOCK_DGRAM));
	ASSERT_EQ(0, hc_set("enable", "udp"));
	ASSERT_EQ(0, hc_one_by_one(&flow, 10));
	ASSERT_EQ(0, hc_set("reset", "free"));
	ASSERT_EQ(0, hc_one_by_one(&flow, 10));
	ASSERT_EQ(0, hc_read_idle("udp", &h));
	EXPECT_EQ(20, hc_seen(&h));
	ASSERT_EQ(0, hc_set("enable", "tcp"));
	ASSERT_EQ(0, hc_read_idle("udp", &h));
	EXPECT_EQ(20, hc_seen(&h));
	ASSERT_EQ(0, hc_set("reset", "free"));
	ASSERT_EQ(0, hc_read_idle("udp", &h));
	EXPECT_EQ(0, hc_seen(&h));
	ASSERT_EQ(0, hc_set("enable", "udp"));
	ASSERT_EQ(0, hc_one_by_one(&flow, 10));
	ASSERT_EQ(0, hc_read_idle("udp", &h));
	EXPECT_EQ(10, hc_seen(&h));
	hc_flow_close(&flow);
	hc_net_down(&n);
}

/* A reset that is refused keeps the samples */
TEST_F(debugfs, refused_reset_keeps)
{
	struct hc_flow flow;
	struct hc_hook h;
	struct hc_net n;
	size_t i;

	ASSERT_EQ(0, hc_net_up(&n));
	ASSERT_EQ(0, hc_flow_open(&flow, &n, 0, AF_INET, SOCK_DGRAM));
	ASSERT_EQ(0, hc_set("enable", "udp"));
	ASSERT_EQ(0, hc_one_by_one(&flow, 10));
	for (i = 0; i < ARRAY_SIZE(refused); i++)
		EXPECT_EQ(-EINVAL, hc_write(refused[i].file, refused[i].text, refused[i].len));
	ASSERT_EQ(0, hc_read_idle("udp", &h));
	EXPECT_EQ(10, hc_seen(&h));
	ASSERT_EQ(0, hc_set("reset", "1"));
	ASSERT_EQ(0, hc_read_idle("udp", &h));
	EXPECT_EQ(0, hc_seen(&h));
	EXPECT_EQ(1, h.enabled);
	hc_flow_close(&flow);
	hc_net_down(&n);
}

int main(int argc, char **argv)
{
	hc_need_patches();
	return test_harness_run(argc, argv);
}
