// SPDX-License-Identifier: GPL-2.0-only
/* What is written: right, nearly right, at a boundary, too long, or noise */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kselftest.h"
#include "fuzz.h"

static uint64_t state = 1;

void fuzz_seed(uint64_t seed)
{
	state = seed * 0x9e3779b97f4a7c15 | 1;
}

/* xorshift64* */
uint64_t fuzz_random(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1d;
}

unsigned int fuzz_below(unsigned int n)
{
	return (fuzz_random() >> 32) % n;
}

static const char *const sets[] = {
	"none", "all", "xdp", "tc", "sk_skb", "udp", "tcp", "xdp tc", "tcp udp xdp", "XDP", "xd",
};

static const char *const programs[] = {
	"off", "empty", "drop", "tx", "fib", "sum", "delay", "copy_bytes", "copy_u64",
	"copy_memcpy", "copy_rep_movs", "hard_drop", "hard_fib", "hard_sum", "offs", "",
};

static const char *const spaces[] = { " ", "\t", "  ", "" };
static const char *const modes[] = { "plain", "ordered", "Plain", "plain ordered" };
static const char *const devices[] = { "any", "none", "lo", "hc0b", "hc0a", "eth0", "lo:1", "%d" };
static const char *const queues[] = { "sq", "rq", "cq", "sq ", "rq 0x", "" };
static const char *const bools[] = { "Y", "N", "1", "0", "on", "off", "y\n", "maybe" };

static const uint64_t corners[] = {
	0, 1, 2, 7, 63, 64, 65, 255, 256, 1023, 1024, 1025, 4000, 4001, 4096, 4097, 5120, 5121,
	65535, 65536, 999999, 1000000, 1000001, 1048576, 1048577, 1000000000, 1000000001,
	INT32_MAX, INT32_MAX + 1ULL, UINT32_MAX, UINT32_MAX + 1ULL, INT64_MAX, INT64_MAX + 1ULL,
	UINT64_MAX,
};

static size_t number(char *buf, size_t size, const struct fuzz_file *f)
{
	static const char *const formats[] = {
		"%" PRIu64, "%" PRIu64, "%" PRIu64, "%" PRIu64 "\n", "0x%" PRIx64, "0%" PRIo64,
		"-%" PRIu64, "+%" PRIu64, " %" PRIu64, "%" PRIu64 " ", "%" PRIu64 "0000000000",
		"000000000000000000000000000000%" PRIu64, "%" PRIu64 ".0", "%" PRIu64 "k",
	};
	uint64_t v = corners[fuzz_below(ARRAY_SIZE(corners))];

	switch (fuzz_below(4)) {
	case 0:
		v = fuzz_random() >> fuzz_below(64);
		break;
	case 1:
		v = f->max + fuzz_below(3) - 1;
		break;
	case 2:
		v = f->max ? f->min + fuzz_random() % f->max : fuzz_below(10000);
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	return snprintf(buf, size, formats[fuzz_below(ARRAY_SIZE(formats))], v);
#pragma GCC diagnostic pop
}

/* A frame: an Ethernet type that is parsed further, and noise, of any length around the limits */
static size_t frame(char *buf)
{
	static const uint16_t types[] = { 0x0800, 0x86dd, 0x8100, 0x88a8, 0x0806, 0xffff };
	static const uint16_t lengths[] = {
		0, 1, 12, 13, 14, 15, 16, 17, 18, 19, 22, 34, 42, 54, 60, 1514, 1515, 9000,
		10240, 10241, 10254, 10255, 16384,
	};
	size_t len = lengths[fuzz_below(ARRAY_SIZE(lengths))], i;
	uint16_t type = types[fuzz_below(ARRAY_SIZE(types))];

	if (fuzz_below(2))
		len = fuzz_below(200);
	for (i = 0; i < len; i++)
		buf[i] = fuzz_random();
	if (len > 12)
		buf[12] = type >> 8;
	if (len > 13)
		buf[13] = type;
	/* IPv4 or IPv6 of a sane version most of the time, a tag in a tag */
	if (len > 14 && fuzz_below(4))
		buf[14] = type == 0x86dd ? 0x60 : 0x45 + fuzz_below(2);
	if (len > 17 && type == 0x8100 && fuzz_below(2)) {
		buf[16] = 0x81;
		buf[17] = 0;
	}
	return len;
}

static size_t valid(const struct fuzz_file *f, char *buf, size_t size)
{
	unsigned int more;
	size_t n;

	switch (f->kind) {
	case FUZZ_ENABLE:
		n = snprintf(buf, size, "%s", sets[fuzz_below(ARRAY_SIZE(sets))]);
		while (!fuzz_below(2) && n < 60)
			n += snprintf(buf + n, size - n, " %s", sets[fuzz_below(ARRAY_SIZE(sets))]);
		return n;
	case FUZZ_RESET:
		return snprintf(buf, size, "1");
	case FUZZ_CLOCK:
		return snprintf(buf, size, "%s", modes[fuzz_below(ARRAY_SIZE(modes))]);
	case FUZZ_DEVICE:
		return snprintf(buf, size, "%s", devices[fuzz_below(ARRAY_SIZE(devices))]);
	case FUZZ_NATIVE:
		n = snprintf(buf, size, "%s", programs[fuzz_below(ARRAY_SIZE(programs))]);
		if (!fuzz_below(2))
			return n;
		if (fuzz_below(2)) {
			buf[n++] = " \t  "[fuzz_below(4)];
			n += number(buf + n, size - n, f);
		}
		if (fuzz_below(16))
			n += snprintf(buf + n, size - n, "%sdev ",
				      spaces[fuzz_below(ARRAY_SIZE(spaces))]);
		for (more = 1 + fuzz_below(3); more; more--)
			n += snprintf(buf + n, size - n, "%s%s", more & 1 ? "hc0b" :
				      devices[fuzz_below(ARRAY_SIZE(devices))],
				      fuzz_below(8) ? " " : "");
		return n;
	case FUZZ_FAULT:
		n = snprintf(buf, size, "%s", queues[fuzz_below(ARRAY_SIZE(queues))]);
		n += number(buf + n, size - n, f);
		if (fuzz_below(2))
			n += snprintf(buf + n, size - n, " %u", fuzz_below(300));
		return n;
	case FUZZ_TEMPLATE:
	case FUZZ_INJECT:
		return frame(buf);
	case FUZZ_PARAMETER:
		if (!fuzz_below(3))
			return snprintf(buf, size, "%s", bools[fuzz_below(ARRAY_SIZE(bools))]);
		return number(buf, size, f);
	default:
		return number(buf, size, f);
	}
}

/* One or a few changes: a byte replaced, added, doubled or left out, white space, a NUL */
static size_t mutate(char *buf, size_t len, size_t size)
{
	static const char bytes[] = { ' ', '\t', '\n', '\r', '\0', '-', '0', 'x', '\xa0', '\xff' };
	unsigned int n = 1 + fuzz_below(3);
	size_t at;

	while (n--) {
		at = fuzz_below(len + 1);
		switch (fuzz_below(5)) {
		case 0:
			if (at < len)
				buf[at] = fuzz_random();
			break;
		case 1:
			if (at < len) {
				memmove(buf + at, buf + at + 1, len - at - 1);
				len--;
			}
			break;
		case 2:
		case 3:
			if (len + 1 >= size)
				break;
			memmove(buf + at + 1, buf + at, len - at);
			buf[at] = fuzz_below(2) ? bytes[fuzz_below(sizeof(bytes))] : buf[0];
			len++;
			break;
		default:
			len = at;
		}
	}
	return len;
}

/* A command over and over, or behind, or before, a great deal of something */
static size_t lengthen(char *buf, size_t len)
{
	static const char fill[] = { ' ', '\n', '0', '\0', 'A' };
	size_t longer = 1 + fuzz_random() % (fuzz_below(4) ? 200 : FUZZ_INPUT - 1), i;

	if (longer <= len)
		return len;
	if (len && fuzz_below(2)) {
		for (i = len; i < longer; i++)
			buf[i] = buf[i - len];
		return longer;
	}
	if (fuzz_below(2)) {
		memset(buf + len, fill[fuzz_below(sizeof(fill))], longer - len);
		return longer;
	}
	memmove(buf + longer - len, buf, len);
	memset(buf, fill[fuzz_below(sizeof(fill))], longer - len);
	return longer;
}

size_t fuzz_input(const struct fuzz_file *f, char *buf)
{
	size_t len, i;

	switch (fuzz_below(10)) {
	case 0:
		len = fuzz_below(fuzz_below(8) ? 40 : 5000);
		for (i = 0; i < len; i++)
			buf[i] = fuzz_random();
		return len;
	case 1:
	case 2:
		return lengthen(buf, valid(f, buf, 256));
	case 3:
	case 4:
	case 5:
		return mutate(buf, valid(f, buf, 256), FUZZ_INPUT);
	default:
		return valid(f, buf, 256);
	}
}
