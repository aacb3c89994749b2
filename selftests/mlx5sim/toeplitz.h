/* SPDX-License-Identifier: GPL-2.0-only */
/* Microsoft's receive side scaling hash, bit by bit as its specification has it */
#ifndef HOOKCOST_TEST_TOEPLITZ_H
#define HOOKCOST_TEST_TOEPLITZ_H

#include <stddef.h>
#include <stdint.h>

#define TOEPLITZ_KEY	40

static inline uint32_t toeplitz(const uint8_t *key, const uint8_t *in, size_t len)
{
	uint32_t hash = 0, window;
	size_t bit, i;

	for (bit = 0; bit < 8 * len; bit++) {
		if (!(in[bit / 8] & (0x80 >> bit % 8)))
			continue;
		for (window = 0, i = bit; i < bit + 32; i++)
			window = window << 1 | (key[i / 8] >> (7 - i % 8) & 1);
		hash ^= window;
	}
	return hash;
}

#endif /* HOOKCOST_TEST_TOEPLITZ_H */
