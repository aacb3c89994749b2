// SPDX-License-Identifier: GPL-2.0-only
/* The module's and the kernel's copies against memmove(), and their return values */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "kfunc.h"
#include "kfunc.skel.h"

#define PARAMETER	"/sys/module/hookcost_kfunc/parameters/rep_movs_min"

FIXTURE(kfunc) {
	struct kfunc *progs;
	uint8_t random[COPY_BUFFER], expected[COPY_BUFFER];
	int fd;
	char parameter[32];	/* bpf_memcpy_by_size()'s threshold before the test */
};

FIXTURE_VARIANT(kfunc) {
	enum copy_with with;
	const char *threshold;
};

FIXTURE_VARIANT_ADD(kfunc, rep_movs) {
	.with = COPY_REP_MOVS,
};

FIXTURE_VARIANT_ADD(kfunc, kernel) {
	.with = COPY_KERNEL,
};

FIXTURE_VARIANT_ADD(kfunc, memcpy) {
	.with = COPY_BY_SIZE,
};

FIXTURE_VARIANT_ADD(kfunc, memcpy_never_rep_movs) {
	.with = COPY_BY_SIZE,
	.threshold = "1000000",
};

FIXTURE_VARIANT_ADD(kfunc, memcpy_always_rep_movs) {
	.with = COPY_BY_SIZE,
	.threshold = "1",
};

static int set_parameter(const char *text)
{
	int fd = open(PARAMETER, O_WRONLY), ret;

	ret = fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text);
	close(fd);
	return ret ? -1 : 0;
}

FIXTURE_SETUP(kfunc)
{
	size_t i;
	FILE *f;

	if (variant->with == COPY_KERNEL && !hc_kernel_func("bpf_memcpy"))
		SKIP(return, "this kernel has no bpf_memcpy()");
	self->progs = kfunc__open_and_load();
	ASSERT_NE(NULL, self->progs);
	self->fd = bpf_program__fd(self->progs->progs.copy);
	srandom(1);
	for (i = 0; i < COPY_BUFFER; i++)
		self->random[i] = random();
	f = fopen(PARAMETER, "r");
	ASSERT_NE(NULL, f);
	ASSERT_NE(NULL, fgets(self->parameter, sizeof(self->parameter), f));
	fclose(f);
	if (variant->threshold)
		ASSERT_EQ(0, set_parameter(variant->threshold));
}

FIXTURE_TEARDOWN(kfunc)
{
	if (!self->progs)
		return;
	EXPECT_EQ(0, set_parameter(self->parameter));
	kfunc__destroy(self->progs);
}

/* Returns what the kfunc has, or INT32_MIN if the program could not run it */
static int call(struct _test_data_kfunc *self, int with, uint32_t dst, uint32_t dst_len,
		uint32_t src, uint32_t src_len)
{
	struct copy_args a = {
		.with = with,
		.dst = dst,
		.dst_len = dst_len,
		.src = src,
		.src_len = src_len,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &a, .ctx_size_in = sizeof(a));

	if (bpf_prog_test_run_opts(self->fd, &opts) || opts.retval)
		return INT32_MIN;
	return a.ret;
}

/* One copy; the whole buffer is as memmove() leaves it */
static void check(struct __test_metadata *_metadata, struct _test_data_kfunc *self, int with,
		  uint32_t dst, uint32_t src, uint32_t len)
{
	uint8_t *buffer = self->progs->bss->buffer;
	int ret;

	memcpy(buffer, self->random, COPY_BUFFER);
	memcpy(self->expected, self->random, COPY_BUFFER);
	memmove(self->expected + dst, self->expected + src, len);
	ret = call(self, with, dst, len, src, len);
	ASSERT_EQ(len, ret) {
		TH_LOG("%u bytes from %u to %u", len, src, dst);
	}
	ASSERT_EQ(0, memcmp(buffer, self->expected, COPY_BUFFER)) {
		TH_LOG("%u bytes from %u to %u are not copied as memmove() does", len, src, dst);
	}
}

/* Every size, from and to every alignment in a cache line in turn */
TEST_F(kfunc, sizes)
{
	uint32_t len;

	for (len = 0; len <= COPY_MAX; len++) {
		check(_metadata, self, variant->with, COPY_MAX + len % 64, len / 64 % 64, len);
		check(_metadata, self, variant->with, len / 64 % 64, COPY_MAX + len % 64, len);
	}
}

/* Every overlap of small sizes, in both directions */
TEST_F(kfunc, overlaps)
{
	uint32_t len;
	int shift;

	for (len = 0; len <= 80; len++)
		for (shift = -(int)len - 1; shift <= (int)len + 1; shift++)
			check(_metadata, self, variant->with, COPY_MAX + shift, COPY_MAX, len);
}

/* Every overlap of a large size, page included */
TEST_F_TIMEOUT(kfunc, large_overlaps, 400)
{
	int shift;

	for (shift = -COPY_MAX; shift <= COPY_MAX; shift += shift > -100 && shift < 100 ? 1 : 3)
		check(_metadata, self, variant->with, COPY_MAX + shift, COPY_MAX, COPY_MAX);
	for (shift = -1024; shift <= 1024; shift += 5)
		check(_metadata, self, variant->with, COPY_MAX + shift, COPY_MAX, 1023);
}

/* Every size, over itself and shifted by a little and by almost all */
TEST_F(kfunc, overlap_sizes)
{
	uint32_t len;

	for (len = 1; len <= COPY_MAX; len += len < 300 ? 1 : 7) {
		check(_metadata, self, variant->with, 100, 100, len);
		check(_metadata, self, variant->with, 101, 100, len);
		check(_metadata, self, variant->with, 100, 101, len);
		check(_metadata, self, variant->with, 100 + len - 1, 100, len);
		check(_metadata, self, variant->with, 100, 100 + len - 1, len);
	}
}

/* More room than bytes is no error, and only the bytes are written */
TEST_F(kfunc, room)
{
	uint32_t len, room;

	for (len = 0; len <= 300; len++) {
		for (room = len; room <= len + 9; room++) {
			memcpy(self->progs->bss->buffer, self->random, COPY_BUFFER);
			memcpy(self->expected, self->random, COPY_BUFFER);
			memmove(self->expected + 1000, self->expected, len);
			ASSERT_EQ(len, call(self, variant->with, 1000, room, 0, len));
			ASSERT_EQ(0, memcmp(self->progs->bss->buffer, self->expected, COPY_BUFFER));
		}
	}
	ASSERT_EQ(1, call(self, variant->with, 1000, COPY_MAX, 0, 1));
	ASSERT_EQ(0, call(self, variant->with, 1000, COPY_MAX, 0, 0));
}

/* Too little room: an error, and not a byte is written */
TEST_F(kfunc, too_long)
{
	uint32_t len, room;

	memcpy(self->progs->bss->buffer, self->random, COPY_BUFFER);
	for (len = 1; len <= COPY_MAX; len += len < 100 ? 1 : 41) {
		for (room = 0; room < len; room += room < 20 ? 1 : 97) {
			ASSERT_EQ(-EINVAL, call(self, variant->with, 0, room, COPY_MAX, len)) {
				TH_LOG("%u bytes into %u", len, room);
			}
		}
		ASSERT_EQ(-EINVAL, call(self, variant->with, 0, len - 1, COPY_MAX, len));
	}
	EXPECT_EQ(0, memcmp(self->progs->bss->buffer, self->random, COPY_BUFFER));
}

FIXTURE(memory) {
	struct kfunc *progs;
	uint8_t packet[128], out[256], expected[128];
};

FIXTURE_SETUP(memory)
{
	int i;

	self->progs = kfunc__open_and_load();
	ASSERT_NE(NULL, self->progs);
	for (i = 0; i < 128; i++)
		self->packet[i] = i;
	for (i = 0; i < 64; i++)
		self->progs->bss->from[i] = 255 - i;
	/* what the programs do to the packet */
	memcpy(self->expected, self->packet, 128);
	memcpy(self->expected, self->progs->bss->from, 64);
	memmove(self->expected + 64, self->expected + 1, 32);
}

FIXTURE_TEARDOWN(memory)
{
	kfunc__destroy(self->progs);
}

static void run_on_packet(struct __test_metadata *_metadata, struct _test_data_memory *self,
			  const struct bpf_program *prog, unsigned int verdict)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = self->packet, .data_size_in = 128,
		    .data_out = self->out, .data_size_out = sizeof(self->out), .repeat = 1);

	ASSERT_EQ(0, bpf_prog_test_run_opts(bpf_program__fd(prog), &opts));
	EXPECT_EQ(verdict, opts.retval);
	EXPECT_EQ(32, self->progs->bss->ret);
	EXPECT_EQ(128, opts.data_size_out);
	EXPECT_EQ(0, memcmp(self->out, self->expected, 128));
}

TEST_F(memory, xdp)
{
	run_on_packet(_metadata, self, self->progs->progs.copy_xdp, 2 /* XDP_PASS */);
}

TEST_F(memory, tc)
{
	run_on_packet(_metadata, self, self->progs->progs.copy_tc, 0 /* TC_ACT_OK */);
}

TEST_F(memory, stack)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	uint8_t *buffer = self->progs->bss->buffer;
	int i;

	for (i = 0; i < COPY_BUFFER; i++)
		buffer[i] = i * 7;
	ASSERT_EQ(0, bpf_prog_test_run_opts(bpf_program__fd(self->progs->progs.copy_stack),
					    &opts));
	EXPECT_EQ(0, opts.retval);
	EXPECT_EQ(48, self->progs->bss->ret);
	EXPECT_EQ(0, memcmp(buffer, buffer + 512, 48));
	/* and no more than that */
	for (i = 0; i < COPY_BUFFER; i++)
		if (i < 512 || i >= 512 + 48)
			ASSERT_EQ((uint8_t)(i * 7), buffer[i]);
}

TEST_F(memory, sk_skb)
{
	struct hc_flow flow;
	struct hc_net net;
	int i;

	ASSERT_EQ(0, hc_net_up(&net));
	ASSERT_EQ(0, hc_flow_open(&flow, &net, 0, AF_INET, SOCK_STREAM));
	ASSERT_EQ(0, hook_sock(self->progs->maps.socks, NULL, self->progs->progs.copy_sk_skb,
			       flow.rx));
	for (i = 0; i < 20; i++) {
		ASSERT_EQ(0, hc_one_by_one(&flow, 1));
		EXPECT_EQ(64, self->progs->bss->ret);
		/* the message's number, in each of its bytes */
		EXPECT_EQ(i, self->progs->bss->buffer[0]);
		EXPECT_EQ(0, memcmp(self->progs->bss->buffer, self->progs->bss->buffer + 1, 127));
	}
	EXPECT_EQ(20, self->progs->bss->runs);
	hc_flow_close(&flow);
	hc_net_down(&net);
}

int main(int argc, char **argv)
{
	hc_need_root();
	hc_need_module("hookcost_kfunc");
	return test_harness_run(argc, argv);
}
