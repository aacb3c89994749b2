/* SPDX-License-Identifier: GPL-2.0-only */
/* What kfunc.bpf.c and its test agree on */
#ifndef HOOKCOST_TEST_KFUNC_H
#define HOOKCOST_TEST_KFUNC_H

#include <linux/types.h>

#define COPY_MAX	4096
/* Both ends of a copy move in the first part; the rest must stay as it is */
#define COPY_RANGE	(2 * COPY_MAX)
#define COPY_BUFFER	(COPY_RANGE + COPY_MAX + 64)

enum copy_with {
	COPY_REP_MOVS,
	COPY_BY_SIZE,
	COPY_KERNEL,		/* whose kfunc is a program's without any module */
};

struct copy_args {
	__u32 with;
	__u32 dst, dst_len;	/* offset in the buffer; bytes there */
	__u32 src, src_len;
	__s32 ret;
};

#endif /* HOOKCOST_TEST_KFUNC_H */
