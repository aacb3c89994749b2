// SPDX-License-Identifier: GPL-2.0-only
/* What figure 13's reader finds out about the records that it gets */
#include "bench/channels/channel.h"
#include "unit.h"

static struct channel_record record(uint64_t seq)
{
	struct channel_record r = { .word = { 11, 12, 13, 14, 15, 16, 17 } };

	r.word[CHANNEL_SEQ] = seq;
	return r;
}

static void take(struct channel *c, uint64_t from, uint64_t n)
{
	uint64_t seq;

	for (seq = from; seq < from + n; seq++) {
		struct channel_record r = record(seq);

		channel_take(c, &r);
	}
}

static struct channel new_channel(void)
{
	return (struct channel){ .sent = record(0) };
}

static void in_order(void)
{
	struct channel c = new_channel();

	take(&c, 0, 1000);
	CHECK_INT(c.read, 1000);
	CHECK_INT(c.next, 1000);
	CHECK_INT(c.gaps, 0);
	CHECK_INT(c.disorder, 0);
	CHECK_INT(c.altered, 0);
}

/* What found no room: the program has counted them, the reader's gaps are no more */
static void left_out(void)
{
	struct channel c = new_channel();

	take(&c, 3, 10);
	take(&c, 20, 10);
	CHECK_INT(c.read, 20);
	CHECK_INT(c.gaps, 3 + 7);
	CHECK_INT(c.disorder, 0);
}

static void again_or_early(void)
{
	struct channel c = new_channel();

	take(&c, 0, 10);
	take(&c, 9, 1);
	CHECK_INT(c.disorder, 1);
	take(&c, 4, 1);
	CHECK_INT(c.disorder, 2);
}

/* Of those that are compared, every word */
static void not_as_sent(void)
{
	unsigned int word;

	for (word = 0; word < CHANNEL_SEQ; word++) {
		struct channel c = new_channel();
		struct channel_record r = record(0);

		r.word[word] ^= 1ULL << 63;
		channel_take(&c, &r);
		CHECK_INT(c.altered, 1);
		CHECK_INT(c.disorder, 0);
	}
}

const struct unit channel_units[] = {
	{ "channel: records in order", in_order },
	{ "channel: records left out", left_out },
	{ "channel: a record twice, or too late", again_or_early },
	{ "channel: a record that is not as it was sent", not_as_sent },
	{ 0 }
};
