/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_NATIVE_H
#define HOOKCOST_NATIVE_H

#include <linux/types.h>
#include <net/xdp_native.h>

#include "native_twins.h"

/* native_delay.c */
#define NATIVE_DELAY_MAX	1000000

int native_delay_init(void);

/* native_record.c */
#define NATIVE_RECORD_MAX	64

/* native_copies.c */
#define NATIVE_COPY_MAX		4096

int native_copies_init(void);
void native_copies_exit(void);

/* The programs; one twice, as the list ends with a comma */
#define NATIVE(_run, ...) _run(struct xdp_buff *xdp, u64 arg)
u32
#include "native.def"
	native_empty(struct xdp_buff *xdp, u64 arg);
#undef NATIVE

#endif /* HOOKCOST_NATIVE_H */
