/* SPDX-License-Identifier: GPL-2.0-only */
/* A program that returns at once, attached to one hook of the test network's far end */
#ifndef HOOKCOST_ATTACH_H
#define HOOKCOST_ATTACH_H

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stdint.h>
#include "net/net.h"
#include "net/xdp.h"

enum attach_point {
	ATTACH_NONE,
	ATTACH_XDP,
	ATTACH_TCX,
	ATTACH_CLS_BPF,
	ATTACH_SK_SKB,		/* verdict, on one socket */
};

struct attach {
	enum attach_point point;
	const struct net *net;
	struct xdp_bpf *xdp;
	struct tc_bpf *tc;
	struct sk_skb_bpf *sk_skb;
	struct bpf_link *link;
	bool clsact, verdict;
};

/*
 * Pushes the detachment on the cleanup stack first. sock: the socket for
 * SK_SKB, else ignored. 0, or -errno with err() said.
 */
int attach_empty(struct attach *at, enum attach_point point, const struct net *n, int sock);

/*
 * How often it has run. XDP's is not counted: the kernel has but one at a netdev, which nobody
 * can exchange while a link of ours holds it, and the driver counts.
 */
bool attach_runs(const struct attach *at, uint64_t *runs);

/* A TC program at the far end's ingress (tcx, since Linux 6.6); NULL with err() said */
struct bpf_link *attach_tcx(const struct net *n, const struct bpf_program *prog);

#endif /* HOOKCOST_ATTACH_H */
