/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_TEST_CHECKSUM_H
#define HOOKCOST_TEST_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* The Internet checksum's sum of an even number of bytes, added to @sum, not yet inverted */
static inline uint16_t hc_sum16(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len; i += 2)
		sum += p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

#endif /* HOOKCOST_TEST_CHECKSUM_H */
