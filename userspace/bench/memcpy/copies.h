/* SPDX-License-Identifier: GPL-2.0-only */
/* Table 6: the ways to copy memory, and how each is run */
#ifndef HOOKCOST_COPIES_H
#define HOOKCOST_COPIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/batch.h"
#include "measure/testrun.h"

struct memcpy_bpf;

enum copy_way {
	COPY_EBPF_NONE,
	COPY_EBPF_ITER_NONE,
	COPY_EBPF_BYTES,
	COPY_EBPF_U64,
	COPY_EBPF_UNALIGNED,
	COPY_EBPF_BUILTIN,
	COPY_EBPF_PROBE_READ,
	COPY_EBPF_LOAD_BYTES,
	COPY_KERNEL,
	COPY_KERNEL_CALL,
	COPY_KFUNC_REP_MOVS,
	COPY_KFUNC_MEMCPY,
	COPY_KFUNC_MEMCPY_ONLY,
	COPY_NATIVE_NONE,
	COPY_NATIVE_BYTES,
	COPY_NATIVE_U64,
	COPY_NATIVE_MEMCPY,
	COPY_NATIVE_REP_MOVS,
	COPY_EBPF_HEADER,	/* of headers' sizes only */
	COPY_NR_WAYS,
};

/* One way at one size; the argument of copies_batch() */
struct copies {
	struct testrun run;
	struct memcpy_bpf *skel;
	enum copy_way way;
	uint64_t how;		/* native ways: for bpf_native_copies() */
};

const char *copies_key(enum copy_way way);
const char *copies_label(enum copy_way way);
/* Moves no memory: the loop around the copies */
bool copies_is_loop(enum copy_way way);
/* How a program may copy a header, or what that is compared with */
bool copies_is_for_headers(enum copy_way way);
/* A way that an eBPF program on the datapath may choose from, in earnest */
bool copies_is_compared(enum copy_way way);

/*
 * Finds out which ways this kernel takes. why[way]: NULL, or a reason why it
 * does not (to be freed). 0 or -errno.
 */
int copies_probe(char *why[COPY_NR_WAYS]);

/* Loads the ways that have no reason against them for one size. 0 or -errno */
int copies_load(struct copies c[COPY_NR_WAYS], char *const why[COPY_NR_WAYS],
		unsigned int size);
void copies_unload(struct copies c[COPY_NR_WAYS]);

/* Runs once: 0 if every element has arrived, else -errno */
int copies_check(struct copies *c, unsigned int size);
/* A batch_fn: one unit is COPY_COUNT copies */
double copies_batch(void *copies, uint64_t units);

#endif /* HOOKCOST_COPIES_H */
