// SPDX-License-Identifier: GPL-2.0-only
/* A native program runs in the XDP program's place, with its verdict, until it is turned off */
#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "hooks.skel.h"

#define MESSAGES	200
#define FRAME_TYPE	0x88b5	/* for experiments */
#define FRAME_BYTES	128

static const struct {
	const char *name;
	int verdict;
} verdicts[] = {
	{ "hard_drop", XDP_DROP },
	{ "hard_fib", XDP_DROP },
	{ "hard_sum", XDP_DROP },
	{ "empty", XDP_PASS },
	{ "drop", XDP_DROP },
	{ "tx", XDP_TX },
	{ "fib", XDP_DROP },
	{ "sum", XDP_DROP },
	{ "delay", XDP_PASS },
	{ "delay_drop", XDP_DROP },
	{ "record", XDP_DROP },
	{ "copy_bytes", XDP_DROP },
	{ "copy_u64", XDP_DROP },
	{ "copy_memcpy", XDP_DROP },
	{ "copy_rep_movs", XDP_DROP },
};

FIXTURE(native) {
	struct hc_net net;
	struct hc_flow flow;
	struct hc_hook hook;
	struct hc_native table;
	struct hooks *progs;
	struct bpf_link *link;
};

/* hc0b has a program that passes everything on; hc0a can take frames sent back */
FIXTURE_SETUP(native)
{
	memset(self, 0, sizeof(*self));
	ASSERT_EQ(0, hc_all_off());
	ASSERT_EQ(0, hc_read_native(&self->table));
	ASSERT_EQ(0, hc_net_up(&self->net));
	ASSERT_EQ(0, hc_gro(self->net.a, "hc0a", true));
	self->progs = hooks__open_and_load();
	ASSERT_NE(NULL, self->progs);
	self->link = hook_xdp(&self->net, "hc0b", self->progs->progs.xdp_pass);
	ASSERT_NE(NULL, self->link);
	ASSERT_EQ(0, hc_flow_open(&self->flow, &self->net, 0, AF_INET, SOCK_DGRAM));
	self->flow.napi = true;
	ASSERT_EQ(0, hc_set("enable", "xdp"));
}

FIXTURE_TEARDOWN(native)
{
	EXPECT_EQ(0, hc_all_off());
	hc_flow_close(&self->flow);
	bpf_link__destroy(self->link);
	hooks__destroy(self->progs);
	hc_net_down(&self->net);
}

/* What became of the messages of one test step */
struct fate {
	uint64_t program, received, dropped, bounced, samples;
};

static struct fate fate_now(struct _test_data_native *self)
{
	struct fate f = {
		.program = self->progs->bss->runs_xdp,
		.received = self->flow.received,
		.dropped = hc_counter(self->net.b, "hc0b", "xdp_drops"),
		.bounced = hc_counter(self->net.b, "hc0b", "xdp_tx"),
	};

	if (!hc_read_idle("xdp", &self->hook))
		f.samples = hc_seen(&self->hook);
	return f;
}

static struct fate send_messages(struct __test_metadata *_metadata,
				 struct _test_data_native *self, unsigned int n, bool pass)
{
	struct fate before = fate_now(self), after;

	EXPECT_EQ(0, hc_bursts(&self->flow, n));
	hc_drain(&self->flow, before.received + (pass ? n : 0));
	after = fate_now(self);
	after.program -= before.program;
	after.received -= before.received;
	after.dropped -= before.dropped;
	after.bounced -= before.bounced;
	after.samples -= before.samples;
	return after;
}

static int verdict_of(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (!strcmp(name, verdicts[i].name))
			return verdicts[i].verdict;
	return -1;
}

static void expect_verdict(struct __test_metadata *_metadata,
			   struct _test_data_native *self, const char *name, uint64_t arg)
{
	int verdict = verdict_of(name);
	unsigned int n = arg > 1000 ? 20 : MESSAGES;
	/* made up, and put among the hook's own */
	uint64_t more = strcmp(name, "record") ? 0 : n * arg;
	struct fate f;

	ASSERT_EQ(0, hc_set_native(&self->net, name, arg));
	f = send_messages(_metadata, self, n, verdict == XDP_PASS);
	EXPECT_EQ(0, f.program);
	EXPECT_EQ(verdict == XDP_PASS ? n : 0, f.received);
	EXPECT_EQ(verdict == XDP_DROP ? n : 0, f.dropped);
	EXPECT_EQ(verdict == XDP_TX ? n : 0, f.bounced);
	EXPECT_EQ(n + more, f.samples);
	if (f.program || f.samples != n + more)
		TH_LOG("%s %" PRIu64, name, arg);
}

/* Every program that there is, with its least and its largest argument */
TEST_F(native, verdicts)
{
	size_t i;

	if (!self->table.nprograms)
		SKIP(return, "no native program: load hookcost_native");
	for (i = 0; i < self->table.nprograms; i++) {
		const char *name = self->table.program[i].name;

		ASSERT_LE(0, verdict_of(name)) {
			TH_LOG("a program \"%s\" that this test does not know", name);
		}
		expect_verdict(_metadata, self, name, 0);
		if (self->table.program[i].max)
			expect_verdict(_metadata, self, name, self->table.program[i].max);
	}
}

/* The XDP program is back exactly when the write returns, and from then on */
TEST_F(native, hands_back)
{
	struct fate f;
	size_t i;

	for (i = 0; i < self->table.nprograms; i++) {
		const char *name = self->table.program[i].name;

		ASSERT_EQ(0, hc_set_native(&self->net, name, 0));
		send_messages(_metadata, self, 10, false);
		ASSERT_EQ(0, hc_native_off());
		f = send_messages(_metadata, self, 50, true);
		EXPECT_EQ(50, f.program) {
			TH_LOG("after %s", name);
		}
		EXPECT_EQ(50, f.received);
		EXPECT_EQ(50, f.samples);
	}
	EXPECT_NE(0, i);
}

TEST_F(native, off_is_idempotent)
{
	struct fate f;
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, hc_native_off());
		ASSERT_EQ(0, hc_read_native(&self->table));
		EXPECT_STREQ("off", self->table.active);
		EXPECT_EQ(0, self->table.arg);
	}
	f = send_messages(_metadata, self, MESSAGES, true);
	EXPECT_EQ(MESSAGES, f.program);
	EXPECT_EQ(MESSAGES, f.received);
}

TEST_F(native, arguments)
{
	struct hc_native now;
	size_t i;

	for (i = 0; i < self->table.nprograms; i++) {
		const char *name = self->table.program[i].name;
		uint64_t max = self->table.program[i].max;

		ASSERT_EQ(0, hc_set_native(&self->net, name, max));
		ASSERT_EQ(0, hc_read_native(&now));
		EXPECT_STREQ(name, now.active);
		EXPECT_EQ(max, now.arg);
		EXPECT_EQ(-EINVAL, hc_set_native(&self->net, name, max + 1)) {
			TH_LOG("%s %" PRIu64, name, max + 1);
		}
		EXPECT_EQ(-EINVAL, hc_set_native(&self->net, name, UINT64_MAX));
		/* the refusals have not touched what is active */
		ASSERT_EQ(0, hc_read_native(&now));
		EXPECT_STREQ(name, now.active);
		EXPECT_EQ(max, now.arg);
		/* without a number it is 0 */
		ASSERT_EQ(0, hc_native(&self->net, name));
		ASSERT_EQ(0, hc_read_native(&now));
		EXPECT_EQ(0, now.arg);
	}
	EXPECT_NE(0, i);
}

/* The list, as the table shows it: names are unique, their owners are who they should be */
TEST_F(native, owners)
{
	size_t i, j;

	for (i = 0; i < self->table.nprograms; i++) {
		const char *name = self->table.program[i].name;

		EXPECT_STREQ(strncmp(name, "hard_", 5) ? "hookcost_native" : "kernel",
			     self->table.program[i].owner);
		for (j = 0; j < i; j++)
			EXPECT_STRNE(name, self->table.program[j].name);
	}
	EXPECT_NE(0, i);
}

/* It runs where an XDP program is attached, and nowhere else */
TEST_F(native, needs_an_xdp_program)
{
	struct fate f;
	size_t i;

	bpf_link__destroy(self->link);
	self->link = NULL;
	ASSERT_EQ(0, hc_gro(self->net.b, "hc0b", true));
	self->flow.napi = false;
	for (i = 0; i < self->table.nprograms; i++) {
		ASSERT_EQ(0, hc_set_native(&self->net, self->table.program[i].name, 0));
		f = send_messages(_metadata, self, MESSAGES, true);
		EXPECT_EQ(MESSAGES, f.received);
		EXPECT_EQ(0, f.samples);
	}
	EXPECT_NE(0, i);
}

/* In place of the XDP programs of the devices that are named, and of no others */
TEST_F(native, named_devices_only)
{
	struct bpf_link *other;
	struct hc_native now;
	struct hc_flow flow;

	ASSERT_EQ(0, hc_net_pair(&self->net, 1));
	other = hook_xdp(&self->net, "hc1b", self->progs->progs.xdp_pass);
	ASSERT_NE(NULL, other);
	ASSERT_EQ(0, hc_flow_open(&flow, &self->net, 1, AF_INET, SOCK_DGRAM));
	flow.napi = true;
	if (hc_native(&self->net, "drop") && hc_native(&self->net, "hard_drop"))
		SKIP(return, "no native program drops");
	ASSERT_EQ(0, hc_read_native(&now));
	EXPECT_EQ(1, now.ndevices);
	EXPECT_STREQ("hc0b", now.device);
	EXPECT_EQ(hc_ifindex(self->net.b, "hc0b"), now.ifindex);

	ASSERT_EQ(0, hc_bursts(&self->flow, MESSAGES));
	ASSERT_EQ(0, hc_bursts(&flow, MESSAGES));
	hc_drain(&flow, MESSAGES);
	EXPECT_EQ(MESSAGES, self->progs->bss->runs_xdp);
	EXPECT_EQ(MESSAGES, flow.received);
	EXPECT_EQ(0, hc_counter(self->net.b, "hc1b", "xdp_drops"));
	EXPECT_EQ(MESSAGES, hc_counter(self->net.b, "hc0b", "xdp_drops"));

	/* both, and then the other alone */
	hc_enter(self->net.b);
	EXPECT_EQ(0, hc_set("native", "hard_drop dev hc0b hc1b"));
	hc_enter(self->net.home);
	ASSERT_EQ(0, hc_read_native(&now));
	EXPECT_EQ(2, now.ndevices);
	ASSERT_EQ(0, hc_bursts(&flow, MESSAGES));
	EXPECT_EQ(MESSAGES, hc_counter(self->net.b, "hc1b", "xdp_drops"));
	hc_enter(self->net.b);
	EXPECT_EQ(0, hc_set("native", "hard_drop dev hc1b"));
	hc_enter(self->net.home);
	ASSERT_EQ(0, hc_bursts(&self->flow, MESSAGES));
	hc_drain(&self->flow, MESSAGES);
	EXPECT_EQ(MESSAGES, self->flow.received);

	hc_flow_close(&flow);
	bpf_link__destroy(other);
}

/* A device that leaves its namespace, or goes, gets its XDP program back */
TEST_F(native, device_leaves)
{
	struct hc_native now;

	ASSERT_EQ(0, hc_net_pair(&self->net, 1));
	hc_enter(self->net.b);
	if (hc_set("native", "hard_drop dev hc0b hc1b"))
		SKIP(return, "CONFIG_HOOKCOST_HARDCODED is off");
	hc_enter(self->net.home);
	ASSERT_EQ(0, hc_shell(self->net.b, "ip link set hc1b netns 1"));
	ASSERT_EQ(0, hc_read_native(&now));
	EXPECT_STREQ("hard_drop", now.active);
	EXPECT_EQ(1, now.ndevices);
	ASSERT_EQ(0, hc_shell(self->net.home, "ip link del hc1b"));

	ASSERT_EQ(0, hc_shell(self->net.b, "ip link del hc0b"));
	ASSERT_EQ(0, hc_read_native(&now));
	EXPECT_STREQ("off", now.active);
	EXPECT_EQ(0, now.ndevices);
}

/* Who may not attach an XDP program may not put a native one in its place */
TEST_F(native, capabilities)
{
	static const int caps[] = { CAP_NET_ADMIN, CAP_BPF };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(caps); i++) {
		struct __user_cap_header_struct head = {
			.version = _LINUX_CAPABILITY_VERSION_3,
		};
		struct __user_cap_data_struct all[2], some[2];

		ASSERT_EQ(0, syscall(SYS_capget, &head, all));
		memcpy(some, all, sizeof(some));
		some[CAP_TO_INDEX(caps[i])].effective &= ~CAP_TO_MASK(caps[i]);
		/* stands for CAP_BPF, too */
		if (caps[i] == CAP_BPF)
			some[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective &= ~CAP_TO_MASK(CAP_SYS_ADMIN);
		ASSERT_EQ(0, hc_set("native", "off"));
		hc_enter(self->net.b);
		ASSERT_EQ(0, syscall(SYS_capset, &head, some));
		EXPECT_EQ(-EPERM, hc_set("native", "hard_drop dev hc0b"));
		EXPECT_EQ(-EPERM, hc_set("native", "off"));
		ASSERT_EQ(0, syscall(SYS_capset, &head, all));
		hc_enter(self->net.home);
	}
}

/* A netdev whose driver has no call site of that kind */
TEST_F(native, without_the_hook)
{
	hc_enter(self->net.b);
	EXPECT_EQ(-EOPNOTSUPP, hc_set("native", "hard_drop dev lo"));
	EXPECT_EQ(-EOPNOTSUPP, hc_set("native", "hard_drop dev hc0b lo"));
	hc_enter(self->net.home);
	ASSERT_EQ(0, hc_read_native(&self->table));
	EXPECT_STREQ("off", self->table.active);
}

/* veth's other call site, for frames that are no sk_buffs */
TEST_F(native, frames)
{
	uint8_t frame[HC_UDP_FRAME];
	struct fate before, after;

	hc_udp_frame(&self->net, frame);
	self->progs->bss->redirect_to = hc_ifindex(self->net.a, "hc0a");
	if (hc_native(&self->net, "drop") && hc_native(&self->net, "hard_drop"))
		SKIP(return, "no native program drops");
	before = fate_now(self);
	ASSERT_EQ(0, hook_frames(&self->net, self->progs->progs.xdp_send, frame, sizeof(frame),
				 MESSAGES));
	after = fate_now(self);
	EXPECT_EQ(0, after.program - before.program);
	EXPECT_EQ(MESSAGES, after.dropped - before.dropped);
	EXPECT_EQ(MESSAGES, after.samples - before.samples);
	ASSERT_EQ(0, hc_native_off());
	ASSERT_EQ(0, hook_frames(&self->net, self->progs->progs.xdp_send, frame, sizeof(frame),
				 MESSAGES));
	hc_drain(&self->flow, MESSAGES);
	EXPECT_EQ(MESSAGES, self->flow.received);
	EXPECT_EQ(MESSAGES, self->progs->bss->runs_xdp);
}

/*
 * tx: the frame comes back with its addresses swapped, and nothing else changed.
 * veth wakes the other end after XDP_TX only if that has an XDP program, in whose
 * place "tx" would run too; so a frame of the stack's own wakes it.
 */
TEST_F(native, tx_sends_back)
{
	uint8_t sent[FRAME_BYTES], back[FRAME_BYTES + 64], waker[FRAME_BYTES] = {};
	int sock = hc_packet_socket(self->net.a, "hc0a", FRAME_TYPE);
	int far = hc_packet_socket(self->net.b, "hc0b", FRAME_TYPE), i;

	ASSERT_LE(0, sock);
	ASSERT_LE(0, far);
	ASSERT_EQ(0, hc_tso(self->net.b, "hc0b", false));
	if (hc_native(&self->net, "tx"))
		SKIP(return, "hookcost_native is not loaded");
	for (i = 0; i < MESSAGES; i++) {
		hc_frame(&self->net, sent, sizeof(sent), FRAME_TYPE, i);
		ASSERT_EQ(sizeof(sent), send(sock, sent, sizeof(sent), 0));
		ASSERT_EQ(0, hc_await_napi(&self->net, 0, i + 1));
		ASSERT_EQ(sizeof(waker), send(far, waker, sizeof(waker), 0));
		ASSERT_EQ(sizeof(sent), recv(sock, back, sizeof(back), 0));
		EXPECT_EQ(0, memcmp(sent, back + 6, 6));
		EXPECT_EQ(0, memcmp(sent + 6, back, 6));
		EXPECT_EQ(0, memcmp(sent + 12, back + 12, sizeof(sent) - 12));
	}
	/* none came twice */
	EXPECT_EQ(-1, recv(sock, back, sizeof(back), MSG_DONTWAIT));
	EXPECT_EQ(MESSAGES, hc_counter(self->net.b, "hc0b", "xdp_tx"));
	EXPECT_EQ(0, self->progs->bss->runs_xdp);
}

/* A delay is spent between the stamps around the program, and nowhere else */
TEST_F(native, delay)
{
	static const uint64_t delays[] = { 0, 1000, 20000, 200000 };
	uint64_t ticks, entry, plain = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(delays); i++) {
		if (hc_set_native(&self->net, "delay", delays[i]))
			SKIP(return, "hookcost_native is not loaded");
		ASSERT_EQ(0, hc_set("reset", "1"));
		ASSERT_EQ(0, hc_one_by_one(&self->flow, 50));
		ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
		/* never less than asked for, but for the clocks' calibration */
		ticks = delays[i] * self->hook.khz / 1000000;
		EXPECT_LE(ticks - ticks / 20, hc_phase(&self->hook, "prog")->min);
		entry = hc_phase(&self->hook, "entry")->median;
		/* one that an emulated CPU takes for the entry anyway tells nothing */
		if (!i)
			plain = entry;
		else if (plain < ticks / 2)
			EXPECT_GT(ticks, entry);
	}
}

int main(int argc, char **argv)
{
	hc_need_patches();
	return test_harness_run(argc, argv);
}
