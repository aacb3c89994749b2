// SPDX-License-Identifier: GPL-2.0-only
/* For which sizes the string instruction beats memcpy() */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "kfunc.h"
#include "tsc.h"

#define ELEMENTS	100	/* contiguous, as in the bench */
#define ROUNDS		32
#define STEP		32
#define LARGEST		1024
#define SIZES		(LARGEST / STEP)
#define SHORT_SIZES	(REP_MOVS_SHORT_MAX / STEP)

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
		bpf_memcpy_by_size(dst, n, src, n);
	return read_tsc() - start;
}

/* The fastest of all rounds so far, for one size */
struct fastest {
	u64 with_memcpy, with_rep_movs;
};

static void one_round(struct fastest *fastest, void *dst, const void *src, u32 n)
{
	preempt_disable();
	apply(UINT_MAX, false);
	fastest->with_memcpy = min(fastest->with_memcpy, ticks(dst, src, n));
	apply(0, false);
	fastest->with_rep_movs = min(fastest->with_rep_movs, ticks(dst, src, n));
	preempt_enable();
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
	struct fastest fastest[SIZES];
	s64 gain[SIZES];
	int round, i, cut;
	void *src;

	src = vzalloc(2 * ELEMENTS * LARGEST);
	if (!src)
		return -ENOMEM;
	memset(fastest, 0xff, sizeof(fastest));
	/* A size's rounds are far apart, so that what disturbs some of them spares others */
	for (round = 0; round < ROUNDS; round++)
		for (i = 0; i < SIZES; i++)
			one_round(&fastest[i], src + ELEMENTS * LARGEST, src, (i + 1) * STEP);
	vfree(src);

	/* by how much memcpy() takes longer than the string instruction */
	for (i = 0; i < SIZES; i++)
		gain[i] = fastest[i].with_memcpy - fastest[i].with_rep_movs;

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
		 "bpf_memcpy_by_size() copies with the string instruction from this size on and with memcpy() below; 0: find out");

module_param_cb(rep_movs_short, &short_ops, &rep_movs_short, 0644);
MODULE_PARM_DESC(rep_movs_short,
		 "... and with the string instruction up to 128 bytes; set along with rep_movs_min");
