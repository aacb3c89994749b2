// SPDX-License-Identifier: GPL-2.0-only
/* RFC 1321: whether a stream has arrived as it was sent */
#include <endian.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "md5.h"

static uint32_t sines[64];

static uint32_t rol(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static void add_block(struct md5 *m, const uint8_t *block)
{
	static const uint8_t turns[4][4] = {
		{ 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 },
	};
	uint32_t a = m->state[0], b = m->state[1], c = m->state[2], d = m->state[3], w[16], f;
	int i, k;

	memcpy(w, block, sizeof(w));
	for (i = 0; i < 64; i++) {
		switch (i / 16) {
		case 0:
			f = (b & c) | (~b & d);
			k = i;
			break;
		case 1:
			f = (d & b) | (~d & c);
			k = 5 * i + 1;
			break;
		case 2:
			f = b ^ c ^ d;
			k = 3 * i + 5;
			break;
		default:
			f = c ^ (b | ~d);
			k = 7 * i;
		}
		f += a + sines[i] + le32toh(w[k % 16]);
		a = d;
		d = c;
		c = b;
		b += rol(f, turns[i / 16][i % 4]);
	}
	m->state[0] += a;
	m->state[1] += b;
	m->state[2] += c;
	m->state[3] += d;
}

void md5_init(struct md5 *m)
{
	int i;

	for (i = 0; i < 64; i++)
		sines[i] = fabs(sin(i + 1)) * 4294967296.0;
	*m = (struct md5){ .state = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 } };
}

void md5_add(struct md5 *m, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len) {
		size_t at = m->bytes % 64, n = 64 - at < len ? 64 - at : len;

		if (n == 64) {
			add_block(m, p);
		} else {
			memcpy(m->block + at, p, n);
			if (at + n == 64)
				add_block(m, m->block);
		}
		m->bytes += n;
		p += n;
		len -= n;
	}
}

void md5_end(struct md5 *m, char text[33])
{
	static const uint8_t pad[64] = { 0x80 };
	uint64_t bits = htole64(m->bytes * 8);
	int i;

	/* up to 8 bytes before a block's end */
	md5_add(m, pad, 1 + (119 - m->bytes % 64) % 64);
	md5_add(m, &bits, sizeof(bits));
	for (i = 0; i < 16; i++)
		sprintf(text + 2 * i, "%02x", m->state[i / 4] >> (i % 4 * 8) & 0xff);
}
