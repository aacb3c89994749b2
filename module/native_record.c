// SPDX-License-Identifier: GPL-2.0-only
/*
 * What recording a sample of the XDP hook takes without the clock: samples that are made
 * up go through the hook's own function into its histograms, whether the hook is on or
 * off. They have to be there, made when it is enabled first.
 */
#include <linux/bpf.h>

#include "native.h"
#include "tsc.h"

/* Times of a short program, in ticks; they vary, so that not one bucket takes all */
#define STEP	16

u32 native_record(struct xdp_buff *xdp, u64 arg)
{
	u64 now = read_tsc(), i;

	for (i = 0; i < arg; i++) {
		struct hookcost_stamps hc = {
			.origin = now,
			.site = now + STEP + i,
			.prog = now + 2 * (STEP + i),
			.ret = now + 3 * (STEP + i),
		};

		__hookcost_record(HOOKCOST_XDP, &hc, now + 4 * (STEP + i), now + 5 * (STEP + i),
				  false);
	}
	return XDP_DROP;
}
