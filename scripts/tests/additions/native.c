// SPDX-License-Identifier: GPL-2.0-only
/* A native program that drops, for scripts/tests/additions.sh */
#include <linux/bpf.h>

#include "native.h"

u32 native_made_up(struct xdp_buff *xdp, u64 arg)
{
	return XDP_DROP;
}
