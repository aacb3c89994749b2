/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of NIC drivers share: a borrowed netdev with an XDP program that does as told */
#ifndef HOOKCOST_TEST_NIC_H
#define HOOKCOST_TEST_NIC_H

#include <linux/bpf.h>

#include "hooks.h"
#include "nic_ops.h"
#include "told.skel.h"

#define FRAME_TYPE	0x88b5	/* for experiments: a stack has no use for it */

struct nic {
	const struct nic_ops *ops;
	void *of;			/* the ops' */
	const struct hc_net *net;
	unsigned int frames;		/* that a test sends */
	struct hc_hook hook;
	struct told *prog;
	struct bpf_link *xdp;
};

static void nic_attach(struct __test_metadata *_metadata, struct nic *nic)
{
	nic->xdp = hook_xdp(nic->net, "hc0b", nic->prog->progs.as_told);
	ASSERT_NE(NULL, nic->xdp);
}

static void nic_detach(struct nic *nic)
{
	bpf_link__destroy(nic->xdp);
	nic->xdp = NULL;
}

/* ops, of, net and frames are there */
static void nic_begin(struct __test_metadata *_metadata, struct nic *nic)
{
	nic->prog = told__open_and_load();
	ASSERT_NE(NULL, nic->prog);
	nic_attach(_metadata, nic);
}

static void nic_end(struct nic *nic)
{
	nic_detach(nic);
	told__destroy(nic->prog);
}

static uint64_t nic_counter(const struct nic *nic, const char *name)
{
	return nic->ops->counter(nic->of, name);
}

#endif /* HOOKCOST_TEST_NIC_H */
