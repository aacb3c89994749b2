/* SPDX-License-Identifier: GPL-2.0-only */
/* What chain.bpf.c and its bench agree on */
#ifndef HOOKCOST_CHAIN_BPF_H
#define HOOKCOST_CHAIN_BPF_H

#define CHAIN_PORT	7	/* as NET_PORT */
#define CHAIN_VALUE	256	/* bytes of a map's value ... */
#define CHAIN_BYTES	200	/* ... of which so many are the packet's end */
#define CHAIN_WRITES	10	/* of "10x1" and "1x10" */
#define CHAIN_ENTRIES	1024	/* but in the table of sizes */
#define CHAIN_SLOTS	64	/* CPUs whose numbers are this far apart share one */

/* A program's own count of its runs on a CPU, on a cache line of its own */
struct chain_slot {
	__u64 runs;
	__u64 unused[7];
};

#endif /* HOOKCOST_CHAIN_BPF_H */
