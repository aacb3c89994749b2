// SPDX-License-Identifier: GPL-2.0-only
/* fib and sum compute the same natively, hard-coded, as eBPF programs, and in this file */
#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "native.h"
#include "native.skel.h"

#define FRAME_TYPE	0x88b5	/* for experiments */
#define FRAME_BYTES	100
#define SUM_BYTES	64
#define NOTHING		0xdeadbeefdeadbeefULL

FIXTURE(native_result) {
	struct hc_net net;
	struct native *progs;
	struct bpf_link *link;
	uint8_t frame[FRAME_BYTES];
	int sock;
};

FIXTURE_SETUP(native_result)
{
	memset(self, 0, sizeof(*self));
	ASSERT_EQ(0, hc_all_off());
	ASSERT_EQ(0, hc_net_up(&self->net));
	self->progs = native__open_and_load();
	ASSERT_NE(NULL, self->progs);
	self->sock = hc_packet_socket(self->net.a, "hc0a", FRAME_TYPE);
	ASSERT_LE(0, self->sock);
}

FIXTURE_TEARDOWN(native_result)
{
	EXPECT_EQ(0, hc_all_off());
	bpf_link__destroy(self->link);
	native__destroy(self->progs);
	close(self->sock);
	hc_net_down(&self->net);
}

/* Where the kernel (NULL) or a module keeps the variable; 0 if it is not to be found */
static uint64_t address_of(const char *name, const char *module)
{
	FILE *f = fopen("/proc/kallsyms", "r");
	char line[512], symbol[256], owner[128];
	uint64_t address, found = 0;

	while (f && fgets(line, sizeof(line), f)) {
		int n = sscanf(line, "%" SCNx64 " %*c %255s [%127[^]]", &address, symbol, owner);

		if (n == (module ? 3 : 2) && !strcmp(symbol, name) &&
		    (!module || !strcmp(owner, module)))
			found = address;
	}
	if (f)
		fclose(f);
	return found;
}

static uint64_t peek(struct __test_metadata *_metadata, struct _test_data_native_result *self,
		     uint64_t address)
{
	struct peek p = {
		.address = address,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &p, .ctx_size_in = sizeof(p));

	EXPECT_EQ(0, bpf_prog_test_run_opts(bpf_program__fd(self->progs->progs.peek), &opts));
	EXPECT_EQ(0, opts.retval);
	return p.value;
}

/* One frame through hc0b's XDP call site */
static void send_frame(struct __test_metadata *_metadata, struct _test_data_native_result *self)
{
	uint64_t before = hc_counter(self->net.b, "hc0b", "xdp_drops");

	ASSERT_EQ(FRAME_BYTES, send(self->sock, self->frame, FRAME_BYTES, 0));
	ASSERT_EQ(0, hc_await_napi(&self->net, 0, before + 1));
	EXPECT_EQ(before + 1, hc_counter(self->net.b, "hc0b", "xdp_drops"));
}

static uint64_t fib(uint64_t n)
{
	uint64_t a = 0, b = 1;

	while (n--) {
		b += a;
		a = b - a;
	}
	return a;
}

static uint64_t sum(const uint8_t *p, uint64_t n)
{
	uint64_t s = 0;
	int i;

	for (i = 0; i < SUM_BYTES; i++)
		s += p[i];
	return s * n;
}

static void compare(struct __test_metadata *_metadata, struct _test_data_native_result *self,
		    const char *program, uint64_t address, uint64_t arg, uint64_t expected)
{
	self->progs->bss->arg = arg;
	self->progs->bss->sink = NOTHING;
	self->progs->bss->runs = 0;
	send_frame(_metadata, self);
	EXPECT_EQ(expected, self->progs->bss->sink) {
		TH_LOG("eBPF %s %" PRIu64, program, arg);
	}
	EXPECT_EQ(1, self->progs->bss->runs);

	/* the other argument's result is in the sink before, so that it must be written */
	ASSERT_EQ(0, hc_set_native(&self->net, program, arg ? 0 : 1));
	send_frame(_metadata, self);
	EXPECT_NE(expected, peek(_metadata, self, address));
	self->progs->bss->sink = NOTHING;
	ASSERT_EQ(0, hc_set_native(&self->net, program, arg));
	send_frame(_metadata, self);
	EXPECT_EQ(expected, peek(_metadata, self, address)) {
		TH_LOG("%s %" PRIu64, program, arg);
	}
	EXPECT_EQ(NOTHING, self->progs->bss->sink);
	EXPECT_EQ(1, self->progs->bss->runs);
	ASSERT_EQ(0, hc_native_off());
}

static void compare_fib(struct __test_metadata *_metadata, struct _test_data_native_result *self,
			const char *program, uint64_t address)
{
	static const uint64_t args[] = { 0, 1, 2, 3, 10, 93, 94, 1000, 5119, 5120 };
	size_t i;

	self->link = hook_xdp(&self->net, "hc0b", self->progs->progs.twin_fib_xdp);
	ASSERT_NE(NULL, self->link);
	hc_frame(&self->net, self->frame, FRAME_BYTES, FRAME_TYPE, 0);
	for (i = 0; i < ARRAY_SIZE(args); i++)
		compare(_metadata, self, program, address, args[i], fib(args[i]));
}

static void compare_sum(struct __test_metadata *_metadata, struct _test_data_native_result *self,
			const char *program, uint64_t address)
{
	static const uint64_t args[] = { 0, 1, 2, 3, 63, 64 };
	size_t i;

	self->link = hook_xdp(&self->net, "hc0b", self->progs->progs.twin_sum_xdp);
	ASSERT_NE(NULL, self->link);
	for (i = 0; i < ARRAY_SIZE(args); i++) {
		/* bytes from 128 on tell signed from unsigned */
		hc_frame(&self->net, self->frame, FRAME_BYTES, FRAME_TYPE, 100 + i);
		compare(_metadata, self, program, address, args[i], sum(self->frame, args[i]));
	}
}

TEST_F(native_result, fib)
{
	uint64_t address = address_of("native_sink", "hookcost_native");

	if (!address)
		SKIP(return, "hookcost_native is not loaded, or kallsyms has no data symbols");
	compare_fib(_metadata, self, "fib", address);
}

TEST_F(native_result, sum)
{
	uint64_t address = address_of("native_sink", "hookcost_native");

	if (!address)
		SKIP(return, "hookcost_native is not loaded, or kallsyms has no data symbols");
	compare_sum(_metadata, self, "sum", address);
}

TEST_F(native_result, hard_fib)
{
	uint64_t address = address_of("xdp_native_sink", NULL);

	if (!address)
		SKIP(return, "no CONFIG_HOOKCOST_HARDCODED, or kallsyms has no data symbols");
	compare_fib(_metadata, self, "hard_fib", address);
}

TEST_F(native_result, hard_sum)
{
	uint64_t address = address_of("xdp_native_sink", NULL);

	if (!address)
		SKIP(return, "no CONFIG_HOOKCOST_HARDCODED, or kallsyms has no data symbols");
	compare_sum(_metadata, self, "hard_sum", address);
}

int main(int argc, char **argv)
{
	hc_need_patches();
	return test_harness_run(argc, argv);
}
