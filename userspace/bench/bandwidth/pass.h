/* SPDX-License-Identifier: GPL-2.0-only */
/* A program that passes everything and counts, at a hook of the test network's far end */
#ifndef HOOKCOST_PASS_H
#define HOOKCOST_PASS_H

#include <bpf/libbpf.h>
#include <stddef.h>
#include <stdint.h>
#include "hook/hook.h"
#include "net/net.h"
#include "pass.bpf.h"

struct pass {
	struct hook hook;		/* ops: NULL at none */
	struct pass_bpf *bpf;
	struct bpf_link *join;		/* SK_SKB: every connection that a cgroup accepts */
};

struct pass_count {
	uint64_t packets;	/* XDP; TC: those that GRO has put together, one by one */
	uint64_t bytes;		/* SK_SKB */
	unsigned int joined;	/* SK_SKB: connections in the sockmap */
};

/* The hooks where it can be, from the driver up; how many */
size_t pass_hooks(const struct hook_ops *list[HOOKS]);
/*
 * ops: NULL: at no hook. cgroup, port: of the server whose connections SK_SKB is to have, an
 * open folder.
 * Pushes its end on the cleanup stack first. 0, or -errno with err() said.
 */
int pass_start(struct pass *p, const struct hook_ops *ops, const struct net *n, int cgroup,
	       unsigned int port);
void pass_count(const struct pass *p, struct pass_count *c);

#endif /* HOOKCOST_PASS_H */
