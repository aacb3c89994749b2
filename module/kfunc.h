/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_KFUNC_H
#define HOOKCOST_KFUNC_H

#include <linux/compiler.h>
#include <linux/types.h>

/* Up to here CPUs with fast short string operations need no start-up time */
#define REP_MOVS_SHORT_MAX	128U

extern unsigned int rep_movs_min;
extern unsigned int rep_movs_short;

/* Whether the string instruction is the better way to copy n bytes */
static __always_inline bool rep_movs_wins(u32 n)
{
	return n >= READ_ONCE(rep_movs_min) ||
	       (n >= READ_ONCE(rep_movs_short) && n <= REP_MOVS_SHORT_MAX);
}

int rep_movs_init(void);

#endif /* HOOKCOST_KFUNC_H */
