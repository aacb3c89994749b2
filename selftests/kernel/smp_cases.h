/* SPDX-License-Identifier: GPL-2.0-only */
/* The tests of smp.c and smp_socket.c, which say at which hooks */
#ifndef HOOKCOST_TEST_SMP_CASES_H
#define HOOKCOST_TEST_SMP_CASES_H

#include "kselftest_harness.h"
#include "smp.h"

FIXTURE(at_once) {
	struct smp s;
};

FIXTURE_VARIANT(at_once) {
	enum smp_at at;
	bool sim;
};

FIXTURE_SETUP(at_once)
{
	self->s.running = 0;
	self->s.progs = NULL;
	if (variant->sim && !smp_have_sim)
		SKIP(return, "no mlx5 over mlx5sim");
	ASSERT_EQ(0, smp_up(&self->s, variant->at, variant->sim));
}

FIXTURE_TEARDOWN(at_once)
{
	smp_down(&self->s);
}

/*
 * One after the other with one network: setting it up takes most of the time on an emulated CPU.
 * Under KCSAN that is slow; what hangs ends by the limit of the whole test.
 */
TEST_F_TIMEOUT(at_once, conserved_and_bounded, 1200)
{
	EXPECT_EQ(0, smp_steady(&self->s));
	EXPECT_EQ(0, smp_devices(&self->s));
	EXPECT_EQ(0, smp_toggles(&self->s));
	EXPECT_EQ(0, smp_steady(&self->s));
}

#endif /* HOOKCOST_TEST_SMP_CASES_H */
