/* SPDX-License-Identifier: GPL-2.0-only */
/* What memcpy.bpf.c, the module's bpf_native_copies() and the bench agree on */
#ifndef HOOKCOST_MEMCPY_BPF_H
#define HOOKCOST_MEMCPY_BPF_H

#define COPY_COUNT	100	/* elements copied per run */
#define COPY_MAX	4096	/* largest element */
#define COPY_BYTES	(COPY_COUNT * COPY_MAX)

/* bpf_native_copies(): what to copy with */
#define COPY_HOW_BYTES		0
#define COPY_HOW_U64		1
#define COPY_HOW_MEMCPY		2
#define COPY_HOW_REP_MOVS	3
#define COPY_HOW_NOTHING	4
#define COPY_HOW(variant, size, count) \
	((__u64)(count) << 32 | (__u64)(size) << 8 | (variant))

#endif /* HOOKCOST_MEMCPY_BPF_H */
