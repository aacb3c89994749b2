// SPDX-License-Identifier: GPL-2.0-only
/* For one and the same traffic, a later hook is reached later */
#include <inttypes.h>
#include <stdio.h>

#include "kselftest_harness.h"
#include "hooked.h"

#define MESSAGES	2000
#define WARM_UP		200

FIXTURE(order) {
	struct hooked h;
	uint64_t min, median;
	char hook[16];
};

FIXTURE_VARIANT(order) {
	int type;
	const char *clock;
};

FIXTURE_VARIANT_ADD(order, udp) {
	.type = SOCK_DGRAM,
	.clock = "plain",
};

FIXTURE_VARIANT_ADD(order, tcp) {
	.type = SOCK_STREAM,
	.clock = "plain",
};

FIXTURE_VARIANT_ADD(order, tcp_ordered) {
	.type = SOCK_STREAM,
	.clock = "ordered",
};

/* XDP and TC programs stay, so that the packets' way is the same for each hook */
FIXTURE_SETUP(order)
{
	memset(self, 0, sizeof(*self));
	ASSERT_EQ(0, hooked_up(&self->h, variant->type));
	ASSERT_EQ(0, hc_set("clock", variant->clock));
}

FIXTURE_TEARDOWN(order)
{
	EXPECT_EQ(0, hc_all_off());
	hooked_down(&self->h);
}

/* Measures the hook alone; it must not be reached before the one before */
static void next_hook(struct __test_metadata *_metadata,
		      struct _test_data_order *self, const char *hook)
{
	const struct hc_phase *reach;
	struct hc_hook h;

	ASSERT_EQ(0, hc_one_by_one(&self->h.flow, WARM_UP));
	ASSERT_EQ(0, hc_set("enable", hook));
	ASSERT_EQ(0, hc_set("reset", "1"));
	ASSERT_EQ(0, hc_one_by_one(&self->h.flow, MESSAGES));
	ASSERT_EQ(0, hc_set("enable", "none"));
	ASSERT_EQ(0, hc_read_idle(hook, &h));
	ASSERT_LE(MESSAGES, hc_seen(&h));

	reach = hc_phase(&h, "reach");
	TH_LOG("%s: min %" PRIu64 ", median %" PRIu64 " ticks", hook, reach->min, reach->median);
	EXPECT_LE(self->min, reach->min) {
		TH_LOG("min: %s comes before %s", hook, self->hook);
	}
	EXPECT_LE(self->median, reach->median) {
		TH_LOG("median: %s comes before %s", hook, self->hook);
	}
	self->min = reach->min;
	self->median = reach->median;
	snprintf(self->hook, sizeof(self->hook), "%s", hook);
}

TEST_F(order, reach)
{
	next_hook(_metadata, self, "xdp");
	next_hook(_metadata, self, "tc");
	ASSERT_EQ(0, hook_sock(self->h.progs->maps.socks, NULL, self->h.progs->progs.verdict,
			       self->h.flow.rx));
	next_hook(_metadata, self, "sk_skb");
	/* what SK_SKB has taken is not read from the socket itself */
	unhook_sock(self->h.progs->maps.socks, NULL, self->h.progs->progs.verdict);
	next_hook(_metadata, self, variant->type == SOCK_STREAM ? "tcp" : "udp");
}

int main(int argc, char **argv)
{
	hc_need_patches();
	return test_harness_run(argc, argv);
}
