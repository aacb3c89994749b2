/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_NATIVE_H
#define HOOKCOST_NATIVE_H

#include <linux/types.h>
#include <net/xdp_native.h>

#include "native_twins.h"

/* native_delay.c */
#define NATIVE_DELAY_MAX	1000000

int native_delay_init(void);
u32 native_delay(struct xdp_buff *xdp, u64 arg);
u32 native_delay_drop(struct xdp_buff *xdp, u64 arg);

/* native_record.c */
#define NATIVE_RECORD_MAX	64

u32 native_record(struct xdp_buff *xdp, u64 arg);

/* native_copies.c */
#define NATIVE_COPY_MAX		4096

int native_copies_init(void);
void native_copies_exit(void);
u32 native_xdp_copy_bytes(struct xdp_buff *xdp, u64 arg);
u32 native_xdp_copy_u64(struct xdp_buff *xdp, u64 arg);
u32 native_xdp_copy_memcpy(struct xdp_buff *xdp, u64 arg);
u32 native_xdp_copy_rep_movs(struct xdp_buff *xdp, u64 arg);

#endif /* HOOKCOST_NATIVE_H */
