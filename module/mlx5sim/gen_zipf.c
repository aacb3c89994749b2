// SPDX-License-Identifier: GPL-2.0-only
/* Zipf's law in integers: flow i of n gets a share in proportion to 1 / i^s */

#include <linux/int_log.h>
#include <linux/math64.h>
#include <linux/slab.h>

#include "gen.h"

/* 2^-x for x in units of 2^-24, as a fraction of 2^32 */
static u32 exp2_minus(u64 x)
{
	/* 2^-(1/2), 2^-(1/4), ... as fractions of 2^32 */
	static const u32 roots[] = {
		3037000500u, 3611622603u, 3938502376u, 4112874773u,
		4202935003u, 4248701965u, 4271771996u, 4283353945u,
		4289156690u, 4292061010u, 4293513907u, 4294240540u,
		4294603903u, 4294785595u, 4294876445u, 4294921870u,
	};
	u64 value = U32_MAX;
	u32 whole = x >> 24, i;

	if (whole > 31)
		return 0;
	for (i = 0; i < ARRAY_SIZE(roots); i++)
		if (x & BIT(23 - i))
			value = (value * roots[i]) >> 32;
	return value >> whole;
}

/**
 * mlx5sim_zipf - tables to draw one of @n flows with (Walker's alias method)
 * @n: number of flows
 * @s_milli: the exponent, in thousandths
 *
 * Return: @n slots, to be freed with kvfree(); NULL if there is no memory.
 */
struct mlx5sim_alias *mlx5sim_zipf(u32 n, u32 s_milli)
{
	struct mlx5sim_alias *slots = kvmalloc_array(n, sizeof(*slots), GFP_KERNEL);
	u64 *share = kvmalloc_array(n, sizeof(*share), GFP_KERNEL);
	u32 *stack = kvmalloc_array(n, sizeof(*stack), GFP_KERNEL);
	u32 i, small = 0, large = n;
	u64 sum = 0;

	if (!slots || !share || !stack) {
		kvfree(slots);
		slots = NULL;
		goto out;
	}
	for (i = 0; i < n; i++) {
		share[i] = exp2_minus(div_u64((u64)intlog2(i + 1) * s_milli, 1000));
		sum += share[i];
	}
	/* in units of a slot, which is 2^32 */
	for (i = 0; i < n; i++) {
		share[i] = mul_u64_u64_div_u64(share[i], (u64)n << 32, sum);
		if (share[i] >> 32)
			stack[--large] = i;
		else
			stack[small++] = i;
		slots[i].own = U32_MAX;
		slots[i].alias = i;
	}
	/* what a small one leaves of its slot, a large one fills */
	while (small && large < n) {
		u32 s = stack[--small], l = stack[large];

		slots[s].own = share[s];
		slots[s].alias = l;
		share[l] -= (1ULL << 32) - share[s];
		if (!(share[l] >> 32)) {
			large++;
			stack[small++] = l;
		}
	}
out:
	kvfree(share);
	kvfree(stack);
	return slots;
}
