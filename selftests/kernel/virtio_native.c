// SPDX-License-Identifier: GPL-2.0-only
/* virtio_net: a native program runs in the XDP program's place, and hands back */
#include "kselftest_harness.h"
#include "nic_native.h"
#include "virtio.h"

#define FRAMES	320

FIXTURE(virtio_native) {
	struct nic_native n;
	struct virtio_net virtio;
};

FIXTURE_VARIANT(virtio_native) {
	bool mergeable;
};

FIXTURE_VARIANT_ADD(virtio_native, small) {
	.mergeable = false,
};

FIXTURE_VARIANT_ADD(virtio_native, mergeable) {
	.mergeable = true,
};

FIXTURE_SETUP(virtio_native)
{
	int ret;

	memset(self, 0, sizeof(*self));
	ASSERT_EQ(0, hc_all_off());
	ret = virtio_up(&self->virtio, variant->mergeable);
	if (ret == 1)
		SKIP(return, "no virtio NIC that receives so");
	ASSERT_EQ(0, ret);
	self->n.nic = (struct nic){ &virtio_nic, &self->virtio, &self->virtio.net, FRAMES };
	native_begin(_metadata, &self->n);
}

FIXTURE_TEARDOWN(virtio_native)
{
	EXPECT_EQ(0, hc_all_off());
	nic_end(&self->n.nic);
	virtio_down(&self->virtio);
}

TEST_F(virtio_native, verdicts)
{
	verdicts(_metadata, &self->n);
}

TEST_F(virtio_native, hands_back)
{
	hands_back(_metadata, &self->n);
}

TEST_F(virtio_native, exchanged_under_traffic)
{
	exchanged_under_traffic(_metadata, &self->n);
}

TEST_F(virtio_native, needs_an_xdp_program)
{
	needs_an_xdp_program(_metadata, &self->n);
}

int main(int argc, char **argv)
{
	virtio_need();
	return test_harness_run(argc, argv);
}
