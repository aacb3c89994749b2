// SPDX-License-Identifier: GPL-2.0-only
/* bpf_native_copies(): each variant copies just what it is asked to, or says -EINVAL */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "hookcost_test.h"
#include "native_copies.h"
#include "native_copies.skel.h"

enum how { BYTES, U64, MEMCPY, REP_MOVS, NOTHING, HOWS };

FIXTURE(native_copies) {
	struct native_copies *prog;
	uint8_t src[NATIVE_BYTES], dst[NATIVE_BYTES];
};

FIXTURE_SETUP(native_copies)
{
	size_t i;

	self->prog = native_copies__open_and_load();
	ASSERT_NE(NULL, self->prog);
	srandom(3);
	for (i = 0; i < NATIVE_BYTES; i++) {
		self->src[i] = random();
		self->dst[i] = ~self->src[i];
	}
}

FIXTURE_TEARDOWN(native_copies)
{
	native_copies__destroy(self->prog);
}

/* What it returns, for elements of n bytes each; positive if it was not run */
static int copy(struct _test_data_native_copies *self, uint32_t dst_len, uint32_t src_len,
		unsigned int how, uint64_t n, uint64_t count)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = self->src, .data_size_in = 64,
		    .repeat = 1);
	struct native_copies__bss *bss = self->prog->bss;

	memcpy(bss->src, self->src, NATIVE_BYTES);
	memcpy(bss->dst, self->dst, NATIVE_BYTES);
	bss->dst_len = dst_len;
	bss->src_len = src_len;
	bss->how = how | n << 8 | count << 32;
	bss->ret = 1;
	if (bpf_prog_test_run_opts(bpf_program__fd(self->prog->progs.copies), &opts))
		return 2;
	return bss->ret;
}

/* The first `bytes` have come over, nothing behind them has changed, and neither has src */
static bool came(struct _test_data_native_copies *self, size_t bytes)
{
	struct native_copies__bss *bss = self->prog->bss;

	return !memcmp(bss->dst, self->src, bytes) &&
	       !memcmp(bss->dst + bytes, self->dst + bytes, NATIVE_BYTES - bytes) &&
	       !memcmp(bss->src, self->src, NATIVE_BYTES);
}

TEST_F(native_copies, copies)
{
	static const uint32_t sizes[] = { 8, 16, 64, 256, 1024 };
	unsigned int how, i, count;

	for (how = BYTES; how < HOWS; how++) {
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			for (count = 0; count * sizes[i] <= NATIVE_BYTES; count++) {
				uint32_t bytes = count * sizes[i];

				EXPECT_EQ(0, copy(self, bytes ?: 1, bytes ?: 1, how, sizes[i],
						  count));
				EXPECT_TRUE(came(self, how == NOTHING ? 0 : bytes));
			}
		}
	}
}

TEST_F(native_copies, odd_sizes)
{
	unsigned int how, n;

	for (how = BYTES; how < HOWS; how++) {
		for (n = 1; n <= 33; n++) {
			bool takes = how != U64 || n % 8 == 0;

			EXPECT_EQ(takes ? 0 : -EINVAL,
				  copy(self, NATIVE_BYTES, NATIVE_BYTES, how, n, 3));
			EXPECT_TRUE(came(self, takes && how != NOTHING ? 3 * n : 0));
		}
	}
}

/* Elements that do not fit into either, however many; elements without a byte */
TEST_F(native_copies, refused)
{
	static const struct {
		uint32_t dst, src;
		uint64_t n, count;
	} bad[] = {
		{ 63, 64, 64, 1 }, { 64, 63, 64, 1 }, { 1024, 1024, 8, 129 },
		{ 1024, 1024, 1032, 1 }, { 1024, 1024, 1, 1025 }, { 64, 1024, 8, 9 },
		{ 1024, 64, 8, 9 }, { 1024, 1024, 0xfffff8, 0xffffffff },
		{ 1024, 1024, 8, 0x20000000 }, { 1024, 1024, 0x800000, 0x200 },
		{ 1024, 1024, 0, 1 }, { 1024, 1024, 0, 0xffffffff },
	};
	unsigned int how, i;

	for (how = BYTES; how < HOWS; how++) {
		for (i = 0; i < ARRAY_SIZE(bad); i++) {
			EXPECT_EQ(-EINVAL, copy(self, bad[i].dst, bad[i].src, how, bad[i].n,
						bad[i].count));
			EXPECT_TRUE(came(self, 0));
		}
	}
	for (how = HOWS; how < 256; how++) {
		EXPECT_EQ(-EINVAL, copy(self, 64, 64, how, 8, 1));
		EXPECT_TRUE(came(self, 0));
	}
}

int main(int argc, char **argv)
{
	hc_need_root();
	hc_need_module("hookcost_native");
	return test_harness_run(argc, argv);
}
