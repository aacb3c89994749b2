/* SPDX-License-Identifier: GPL-2.0-only */
/* Many programs one after the other at TC ingress of the test network's far end */
#ifndef HOOKCOST_HOOK_CHAIN_H
#define HOOKCOST_HOOK_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include "net/net.h"

#define TCX_PROGRAMS	63	/* as the kernel has them at a hook, BPF_MPROG_MAX - 1 */

struct hook_chain {
	const struct net *net;
	bool tcx;			/* else cls_bpf, where a program may be several times */
	size_t n;			/* programs that are there */
	bool clsact, gap;		/* gap: one was taken away */
	int link[TCX_PROGRAMS];		/* of tcx */
};

/*
 * Puts programs (descriptors) there, in that order and in place of those that are there; the
 * last one is the same each time. cls_bpf: one may be in the list more than once; tcx: none may
 * be there already. 0, or -errno with a reason in why, and none is there.
 */
int hook_chain_attach(struct hook_chain *c, const int *prog, size_t n, char *why, size_t len);
/* Takes away the i-th, for tests; 0 or -errno */
int hook_chain_detach_one(struct hook_chain *c, size_t i);
void hook_chain_detach(struct hook_chain *c);

#endif /* HOOKCOST_HOOK_CHAIN_H */
