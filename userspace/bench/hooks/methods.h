/* SPDX-License-Identifier: GPL-2.0-only */
/* Table 1: the cost of the XDP hook by time stamps and by throughput */
#ifndef HOOKCOST_TABLE1_METHODS_H
#define HOOKCOST_TABLE1_METHODS_H

#include <stdbool.h>
#include "bench/hooks/table1.h"
#include "measure/estimate.h"

/* Means of the XDP hook, where a native program can run in place of the eBPF one */
struct table1_xdp {
	struct table1_means ebpf;
	bool have_native;
	char lacks[256];		/* why not */
	struct estimate dispatch, program;	/* eBPF - native, and native */
};

/* Its phases go to xdp */
int table1_methods(struct table1 *t1, struct table1_xdp *xdp);

#endif /* HOOKCOST_TABLE1_METHODS_H */
