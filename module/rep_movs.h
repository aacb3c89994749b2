/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_REP_MOVS_H
#define HOOKCOST_REP_MOVS_H

#include <linux/compiler.h>

static __always_inline void rep_movs(void *dst, const void *src, unsigned long n)
{
	asm volatile("rep movsb" : "+D" (dst), "+S" (src), "+c" (n) : : "memory");
}

#endif /* HOOKCOST_REP_MOVS_H */
