/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Program bodies shared by the eBPF, native and hard-coded twins.
 *
 * One source, compiled three ways: for the BPF target, into a module, and into
 * the XDP call site itself. The includer provides the fixed-width types and
 * __always_inline. Unrolling is pinned, because the sign of the difference
 * between the twins depends on the shape of the loop; gcc does not unroll loops
 * of unknown length at -O2.
 */
#ifndef _HOOKCOST_TWIN_H
#define _HOOKCOST_TWIN_H

#define TWIN_FIB_MAX	5120
#define TWIN_SUM_MAX	64
#define TWIN_SUM_BYTES	64

/* Low 64 bits of the n-th Fibonacci number, n <= TWIN_FIB_MAX (Figure 14a) */
static __always_inline __u64 twin_fib(__u64 n)
{
	__u64 a = 0, b = 1, i;

	if (n > TWIN_FIB_MAX)
		n = TWIN_FIB_MAX;
#ifdef __clang__
#pragma clang loop unroll(disable) vectorize(disable)
#endif
	for (i = 0; i < n; i++) {
		__u64 t = a + b;

		a = b;
		b = t;
		/* no closed form, no two steps in one */
		asm volatile("" : "+r"(b));
	}
	return a;
}

/* Sum of 64 bytes, added up n times, n <= TWIN_SUM_MAX (Figure 14b) */
static __always_inline __u64 twin_sum(const __u8 *p, __u64 n)
{
	__u64 sum = 0, i, j;

	if (n > TWIN_SUM_MAX)
		n = TWIN_SUM_MAX;
#ifdef __clang__
#pragma clang loop unroll(disable) vectorize(disable)
#endif
	for (i = 0; i < n; i++) {
#ifdef __clang__
#pragma clang loop unroll(full)
#else
#pragma GCC unroll 64
#endif
		for (j = 0; j < TWIN_SUM_BYTES; j++)
			sum += p[j];
		/* the bytes are read again in the next repetition */
		asm volatile("" : : : "memory");
	}
	return sum;
}

#endif /* _HOOKCOST_TWIN_H */
