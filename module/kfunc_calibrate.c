// SPDX-License-Identifier: GPL-2.0-only
/* For which sizes the string instruction beats memcpy() */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "kfunc.h"
#include "rep_movs.h"
#include "tsc.h"

#define COUNT		100	/* contiguous elements, as in the bench */
#define ROUNDS		32
#define LARGEST		4096
#define SLACK		COUNT	/* ticks: one per copy decides nothing */

unsigned int rep_movs_min __read_mostly;
unsigned int rep_movs_short __read_mostly = UINT_MAX;

static noinline u64 memcpy_ticks(void *dst, const void *src, unsigned int n)
{
	u64 start = read_tsc();
	int i;

	for (i = 0; i < COUNT; i++, dst += n, src += n) {
		memcpy(dst, src, n);
		barrier();
	}
	return read_tsc() - start;
}

static noinline u64 rep_movs_ticks(void *dst, const void *src, unsigned int n)
{
	u64 start = read_tsc();
	int i;

	for (i = 0; i < COUNT; i++, dst += n, src += n)
		rep_movs(dst, src, n);
	return read_tsc() - start;
}

static bool faster(void *dst, const void *src, unsigned int n)
{
	u64 with_memcpy = U64_MAX, with_rep_movs = U64_MAX;
	int i;

	preempt_disable();
	for (i = 0; i < ROUNDS; i++) {
		with_memcpy = min(with_memcpy, memcpy_ticks(dst, src, n));
		with_rep_movs = min(with_rep_movs, rep_movs_ticks(dst, src, n));
	}
	preempt_enable();
	return with_rep_movs <= with_memcpy + SLACK;
}

/* From which size on, downwards from top to bottom, it is faster; UINT_MAX: at none */
static unsigned int faster_from(void *dst, const void *src, unsigned int top,
				unsigned int bottom, unsigned int step)
{
	unsigned int n, from = UINT_MAX;

	for (n = top; n >= bottom && faster(dst, src, n); n -= step)
		from = n;
	return from;
}

static int calibrate(void)
{
	unsigned int middle = LARGEST / 4, from;
	void *src, *dst;

	src = vzalloc(2 * COUNT * LARGEST);
	if (!src)
		return -ENOMEM;
	dst = src + COUNT * LARGEST;

	from = faster_from(dst, src, LARGEST, middle, LARGEST / 4);
	if (from == middle)
		from = min(from, faster_from(dst, src, middle,
					     REP_MOVS_SHORT_MAX + 32, 32));
	WRITE_ONCE(rep_movs_min, from);
	WRITE_ONCE(rep_movs_short,
		   faster_from(dst, src, REP_MOVS_SHORT_MAX, 16, 16));
	vfree(src);
	return 0;
}

int __init rep_movs_init(void)
{
	return rep_movs_min ? 0 : calibrate();
}

static int set_min(const char *val, const struct kernel_param *kp)
{
	unsigned int n;
	int ret;

	ret = kstrtouint(val, 0, &n);
	if (ret)
		return ret;
	if (!n)
		return calibrate();
	WRITE_ONCE(rep_movs_short, UINT_MAX);
	WRITE_ONCE(rep_movs_min, n);
	return 0;
}

static const struct kernel_param_ops min_ops = {
	.set	= set_min,
	.get	= param_get_uint,
};

module_param_cb(rep_movs_min, &min_ops, &rep_movs_min, 0644);
MODULE_PARM_DESC(rep_movs_min,
		 "bpf_memcpy() copies with the string instruction from this size on and with memcpy() below; 0: find out");

module_param(rep_movs_short, uint, 0644);
MODULE_PARM_DESC(rep_movs_short,
		 "... and from this size up to 128; setting rep_movs_min sets it: to none, or as found out");
