// SPDX-License-Identifier: GPL-2.0-only
/* For which sizes the string instruction beats memcpy() */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/vmalloc.h>

#include "kfunc.h"
#include "tsc.h"

#define ELEMENTS	100	/* contiguous, as in the bench */
#define ROUNDS		32
#define STEP		32
#define LARGEST		1024
#define SIZES		(LARGEST / STEP)
#define SHORT_SIZES	(REP_MOVS_SHORT_MAX / STEP)

struct memcpy_sizes memcpy_sizes __read_mostly;

static unsigned int rep_movs_min;
static bool rep_movs_short;
static DEFINE_MUTEX(lock);

static void apply(unsigned int min, bool short_too)
{
	u32 from = short_too ? REP_MOVS_SHORT_MAX + 1 : 0;

	rep_movs_min = min;
	rep_movs_short = short_too;
	WRITE_ONCE(memcpy_sizes.count, 0);
	WRITE_ONCE(memcpy_sizes.from, from);
	WRITE_ONCE(memcpy_sizes.count, min > from ? min - from : 0);
}

static u64 ticks(void *dst, const void *src, u32 n)
{
	u64 start = read_tsc();
	int i;

	for (i = 0; i < ELEMENTS; i++, dst += n, src += n)
		bpf_memcpy(dst, n, src, n);
	return read_tsc() - start;
}

/* By how much memcpy() takes longer than the string instruction */
static s64 advantage(void *dst, const void *src, u32 n)
{
	u64 with_memcpy = U64_MAX, with_rep_movs = U64_MAX;
	int i;

	preempt_disable();
	for (i = 0; i < ROUNDS; i++) {
		apply(UINT_MAX, false);
		with_memcpy = min(with_memcpy, ticks(dst, src, n));
		apply(0, false);
		with_rep_movs = min(with_rep_movs, ticks(dst, src, n));
	}
	preempt_enable();
	return with_memcpy - with_rep_movs;
}

/*
 * The most that any size loses if those from cut on, and no others, are left to the
 * string instruction: what counts is how far the worst is behind, not their sum
 */
static s64 loss(const s64 *gain, int begin, int cut, int end)
{
	s64 most = 0;
	int i;

	for (i = begin; i < end; i++)
		most = max(most, i < cut ? gain[i] : -gain[i]);
	return most;
}

static int best_cut(const s64 *gain, int begin, int end)
{
	int cut, best = begin;

	for (cut = begin; cut <= end; cut++)
		if (loss(gain, begin, cut, end) < loss(gain, begin, best, end))
			best = cut;
	return best;
}

static int calibrate(void)
{
	s64 gain[SIZES];
	void *src;
	int i, cut;

	src = vzalloc(2 * ELEMENTS * LARGEST);
	if (!src)
		return -ENOMEM;
	for (i = 0; i < SIZES; i++)
		gain[i] = advantage(src + ELEMENTS * LARGEST, src, (i + 1) * STEP);
	vfree(src);

	cut = best_cut(gain, SHORT_SIZES, SIZES);
	apply(cut == SIZES ? UINT_MAX : cut * STEP + 1,
	      loss(gain, 0, 0, SHORT_SIZES) < loss(gain, 0, SHORT_SIZES, SHORT_SIZES));
	return 0;
}

int __init kfunc_calibrate_init(void)
{
	int ret = 0;

	mutex_lock(&lock);
	if (!rep_movs_min)
		ret = calibrate();
	mutex_unlock(&lock);
	return ret;
}

static int set_min(const char *val, const struct kernel_param *kp)
{
	unsigned int n;
	int ret;

	ret = kstrtouint(val, 0, &n);
	if (ret)
		return ret;
	mutex_lock(&lock);
	if (n)
		apply(n, false);
	else
		ret = calibrate();
	mutex_unlock(&lock);
	return ret;
}

static int set_short(const char *val, const struct kernel_param *kp)
{
	bool on;
	int ret;

	ret = kstrtobool(val, &on);
	if (ret)
		return ret;
	mutex_lock(&lock);
	apply(rep_movs_min, on);
	mutex_unlock(&lock);
	return 0;
}

static const struct kernel_param_ops min_ops = {
	.set	= set_min,
	.get	= param_get_uint,
};

static const struct kernel_param_ops short_ops = {
	.set	= set_short,
	.get	= param_get_bool,
};

module_param_cb(rep_movs_min, &min_ops, &rep_movs_min, 0644);
MODULE_PARM_DESC(rep_movs_min,
		 "bpf_memcpy() copies with the string instruction from this size on and with memcpy() below; 0: find out");

module_param_cb(rep_movs_short, &short_ops, &rep_movs_short, 0644);
MODULE_PARM_DESC(rep_movs_short,
		 "... and with the string instruction up to 128 bytes; set along with rep_movs_min");
