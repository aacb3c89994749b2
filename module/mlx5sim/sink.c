// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sink: frames that cross the wire to a port end in it instead of the port's queues. It knows
 * what the generator at the other end has asked and when, by the frames' numbers, and so which
 * reply is right, which one comes twice, and how long it took. So no process has to receive on
 * a CPU that is measured.
 */

#include <linux/bitops.h>
#include <linux/etherdevice.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "../tsc.h"
#include "sink.h"

/* A request: its template, whether it was answered, and when it arrived, since the sink is on */
#define TEMPLATE	GENMASK_ULL(3, 0)
#define ASKED		BIT_ULL(4)
#define ANSWERED	BIT_ULL(5)
#define TICKS_SHIFT	6

int mlx5sim_sink_init(struct mlx5sim_port *port)
{
	struct mlx5sim_sink *sink = kzalloc(sizeof(*sink), GFP_KERNEL);

	static_assert(MLX5SIM_MAX_FRAMES - 1 <= TEMPLATE);
	if (!sink)
		return -ENOMEM;
	sink->frames.busy = &sink->on;
	sink->settings[SINK_FROM] = (struct mlx5sim_sink_setting){ sink, 0, MLX5SIM_FRAME_BYTES };
	sink->settings[SINK_NUMBER] = (struct mlx5sim_sink_setting){
		sink, 0, MLX5SIM_FRAME_BYTES - 2
	};
	sink->settings[SINK_CHECK] = (struct mlx5sim_sink_setting){ sink, 1, U32_MAX };
	port->sink = sink;
	return 0;
}

void mlx5sim_sink_exit(struct mlx5sim_port *port)
{
	if (!port->sink)
		return;
	mlx5sim_frames_clear(&port->sink->frames);
	kvfree(port->sink->log);
	kfree(port->sink);
	port->sink = NULL;
}

static int check(const struct mlx5sim_sink *sink)
{
	u32 from = sink->settings[SINK_FROM].value, i;
	u32 number_at = sink->settings[SINK_NUMBER].value;

	if (!sink->frames.n)
		return -ENODATA;
	for (i = 0; i < sink->frames.n; i++) {
		u32 len = sink->frames.frame[i]->len;

		if (from > len || (number_at && number_at + sizeof(__be16) > len))
			return -EINVAL;
	}
	return 0;
}

/**
 * mlx5sim_sink_switch - have frames end in a sink, or no longer
 * @sink: the sink
 * @on: which; its counts begin at 0 then
 *
 * Return: 0; -ENODATA if it expects no replies, -EINVAL if one is shorter than the settings say,
 * -ENOMEM.
 */
int mlx5sim_sink_switch(struct mlx5sim_sink *sink, bool on)
{
	u32 from = sink->settings[SINK_FROM].value, i;
	u32 number_at = sink->settings[SINK_NUMBER].value;
	int err;

	if (!on) {
		sink->on = false;
		return 0;
	}
	err = check(sink);
	if (err)
		return err;
	if (!sink->log)
		sink->log = kvmalloc(sizeof(*sink->log), GFP_KERNEL);
	if (!sink->log)
		return -ENOMEM;
	memset(sink->log, 0, sizeof(*sink->log));
	memset(&sink->counts, 0, sizeof(sink->counts));
	sink->skip = number_at ? max(from, number_at) : from;
	sink->skip_end = number_at ? max_t(u32, from, number_at + sizeof(__be16)) : from;
	for (i = 0; i < MLX5SIM_MAX_FRAMES; i++)
		sink->left[i] = sink->settings[SINK_CHECK].value;
	sink->tsc = read_tsc();
	sink->ns = ktime_get_ns();
	sink->on = true;
	return 0;
}

/* Ticks since the sink is on */
static u64 elapsed(const struct mlx5sim_sink *sink)
{
	u64 now = read_tsc();

	/* another CPU's counter may be behind */
	return now > sink->tsc ? now - sink->tsc : 0;
}

/* The generator's frame of this number arrives at the other end */
void mlx5sim_sink_request(struct mlx5sim_sink *sink, u16 number, u32 template)
{
	sink->log->requests[number] = elapsed(sink) << TICKS_SHIFT | ASKED | template;
}

/* It did not: no queue has taken it */
void mlx5sim_sink_refused(struct mlx5sim_sink *sink, u16 number)
{
	sink->log->requests[number] = 0;
}

/* Bins are one tick wide at first, then 1/32 of what they begin with */
static u32 bin_of(u64 ticks)
{
	u32 shift;

	ticks = min_t(u64, ticks, GENMASK_ULL(SINK_TICKS - 1, 0));
	shift = max(fls64(ticks), SINK_SUB + 1) - (SINK_SUB + 1);
	return (shift << SINK_SUB) + (ticks >> shift);
}

/* The shortest residence that counts in a bin, in ticks */
u64 mlx5sim_sink_bin_begin(u32 bin)
{
	u32 shift;

	if (bin < BIT(SINK_SUB + 1))
		return bin;
	shift = (bin >> SINK_SUB) - 1;
	return (u64)(bin - (shift << SINK_SUB)) << shift;
}

static bool same(const struct mlx5sim_sink *sink, const struct mlx5sim_frame *frame,
		 const u8 *data)
{
	u32 from = sink->settings[SINK_FROM].value;

	return !memcmp(frame->data + from, data + from, sink->skip - from) &&
	       !memcmp(frame->data + sink->skip_end, data + sink->skip_end,
		       frame->len - sink->skip_end);
}

/* Whether this one is to be compared in full */
static bool has_turn(struct mlx5sim_sink *sink, u32 template)
{
	if (!sink->left[template] || --sink->left[template])
		return false;
	sink->left[template] = sink->settings[SINK_CHECK].value;
	sink->counts.compared++;
	return true;
}

/* Whether a reply is the one to this template; what is wrong with it is counted */
static bool is_right(struct mlx5sim_sink *sink, u32 template, const u8 *data, u32 len)
{
	const struct mlx5sim_frame *frame;

	if (template >= sink->frames.n) {
		sink->counts.wrong_template++;
		return false;
	}
	frame = sink->frames.frame[template];
	if (frame->len != len) {
		sink->counts.wrong_length++;
		return false;
	}
	if (has_turn(sink, template) && !same(sink, frame, data)) {
		sink->counts.wrong_bytes++;
		return false;
	}
	sink->counts.right[template]++;
	return true;
}

static void keep(struct mlx5sim_sink_log *log, const u8 *data, u32 len)
{
	log->last_wrong_len = min_t(u32, len, sizeof(log->last_wrong));
	memcpy(log->last_wrong, data, log->last_wrong_len);
}

/* Its number says what it is the reply to */
static bool by_number(struct mlx5sim_sink *sink, const u8 *data, u32 len)
{
	u32 at = sink->settings[SINK_NUMBER].value, template;
	u64 *request, ticks, now = elapsed(sink);

	if (at + sizeof(__be16) > len) {
		sink->counts.wrong_length++;
		return false;
	}
	request = &sink->log->requests[get_unaligned_be16(data + at)];
	if (!(*request & ASKED)) {
		sink->counts.unknown++;
		return false;
	}
	if (*request & ANSWERED) {
		sink->counts.twice++;
		return true;
	}
	*request |= ANSWERED;
	template = *request & TEMPLATE;
	if (!is_right(sink, template, data, len))
		return false;
	ticks = *request >> TICKS_SHIFT;
	sink->log->bins[template][bin_of(now > ticks ? now - ticks : 0)]++;
	return true;
}

/* Without a number it is the reply to the first template whose reply it can be */
static bool by_contents(struct mlx5sim_sink *sink, const u8 *data, u32 len)
{
	bool length = false;
	u32 i;

	for (i = 0; i < sink->frames.n; i++) {
		const struct mlx5sim_frame *frame = sink->frames.frame[i];

		if (frame->len != len)
			continue;
		length = true;
		if (has_turn(sink, i) && !same(sink, frame, data))
			continue;
		sink->counts.right[i]++;
		return true;
	}
	if (length)
		sink->counts.wrong_bytes++;
	else
		sink->counts.wrong_length++;
	return false;
}

/**
 * mlx5sim_sink_rx - a frame ends in a sink
 * @sink: which, and it is on
 * @data: the frame, without FCS
 * @len: bytes
 */
void mlx5sim_sink_rx(struct mlx5sim_sink *sink, const u8 *data, u32 len)
{
	bool ok;

	sink->counts.arrived++;
	/* a reply is for a station; neighbours, routers and groups are looked for otherwise */
	if (is_multicast_ether_addr(data)) {
		sink->counts.other++;
		return;
	}
	ok = sink->settings[SINK_NUMBER].value ? by_number(sink, data, len) :
						by_contents(sink, data, len);
	if (unlikely(!ok))
		keep(sink->log, data, len);
}
