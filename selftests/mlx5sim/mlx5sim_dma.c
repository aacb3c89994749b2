// SPDX-License-Identifier: GPL-2.0-only
/* mlx5sim's account of DMA mappings: what fails half-way leaves no page behind */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "simdata.h"
#include "simflow.h"

#define MTU		9000
#define GRAM		8000	/* bytes: two pages at least, in one mapping */
#define ROUNDS		20

FIXTURE(mlx5sim_dma) {
	struct flow_grams flow;
	int64_t pages;
};

static int64_t pages(void)
{
	return data_get(DATA_PORT_A, "dma_pages");
}

/* Mappings of what has been sent go when its completions are seen */
static int64_t settled(void)
{
	int64_t now = pages(), before;

	do {
		before = now;
		usleep(50000);
		now = pages();
	} while (now != before);
	return now;
}

FIXTURE_SETUP(mlx5sim_dma)
{
	memset(self, 0, sizeof(*self));
	if (pages() < 0)
		SKIP(return, "DMA addresses are not checked against mappings");
	ASSERT_EQ(0, data_mode(true, false));
	ASSERT_EQ(0, data_mtu(MTU));
	ASSERT_EQ(0, flow_grams_open(&self->flow, FLOW_B4));
	self->pages = settled();
	ASSERT_LT(0, self->pages);
}

FIXTURE_TEARDOWN(mlx5sim_dma)
{
	data_set(DATA_PORT_A, "dma_fail", 0);
	flow_grams_close(&self->flow);
	EXPECT_EQ(0, data_mtu(1500));
}

static char data[GRAM];

static bool sent(struct _test_data_mlx5sim_dma *self)
{
	return send(self->flow.tx, data, sizeof(data), 0) == sizeof(data);
}

static bool came(struct _test_data_mlx5sim_dma *self)
{
	return DATA_AWAIT(recv(self->flow.rx, data, sizeof(data), MSG_DONTWAIT) == sizeof(data));
}

/* Each time the n-th page of a datagram cannot be mapped, and it is not sent */
TEST_F_TIMEOUT(mlx5sim_dma, half_way, DATA_TIMEOUT)
{
	uint64_t frames = data_counter(DATA_PORT_A, "tx_frames");
	int nth, i;

	for (nth = 1; nth <= 2; nth++)
		for (i = 0; i < ROUNDS; i++) {
			ASSERT_EQ(0, data_set(DATA_PORT_A, "dma_fail", nth));
			ASSERT_TRUE(sent(self));
			EXPECT_TRUE(DATA_AWAIT(data_get(DATA_PORT_A, "dma_fail") == 0));
			ASSERT_EQ(self->pages, settled()) {
				TH_LOG("page %d of a datagram", nth);
			}
		}
	EXPECT_EQ(frames, data_counter(DATA_PORT_A, "tx_frames"));
	EXPECT_EQ(-1, recv(self->flow.rx, data, sizeof(data), MSG_DONTWAIT));
	/* and all is as before */
	ASSERT_TRUE(sent(self));
	EXPECT_TRUE(came(self));
	EXPECT_EQ(self->pages, settled());
}

/* Without a fault all come, and nothing is left either */
TEST_F_TIMEOUT(mlx5sim_dma, whole, DATA_TIMEOUT)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		ASSERT_TRUE(sent(self));
		EXPECT_TRUE(came(self));
	}
	EXPECT_EQ(self->pages, settled());
}

TEST_F(mlx5sim_dma, range)
{
	EXPECT_EQ(0, data_get(DATA_PORT_A, "dma_fail"));
	EXPECT_EQ(-EINVAL, data_set(DATA_PORT_A, "dma_fail", 1000001));
	EXPECT_EQ(-EINVAL, data_set(DATA_PORT_A, "dma_fail", -1));
	EXPECT_EQ(0, data_get(DATA_PORT_A, "dma_fail"));
	EXPECT_EQ(0, data_set(DATA_PORT_A, "dma_fail", 1000000));
	EXPECT_LT(0, data_get(DATA_PORT_A, "dma_fail"));
	EXPECT_EQ(0, data_set(DATA_PORT_A, "dma_fail", 0));
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
