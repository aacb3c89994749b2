// SPDX-License-Identifier: GPL-2.0-only
/* The sink's files, see Documentation/ABI/testing/debugfs-mlx5sim */

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "../tsc.h"
#include "debugfs_attr.h"
#include "engine.h"
#include "sink.h"

struct order {
	struct mlx5sim_sink *sink;
	bool on;
};

static int switch_it(void *arg)
{
	struct order *o = arg;

	return mlx5sim_sink_switch(o->sink, o->on);
}

static int on_get(void *data, u64 *val)
{
	struct mlx5sim_sink *sink = data;

	*val = READ_ONCE(sink->on);
	return 0;
}

static int on_set(void *data, u64 val)
{
	struct order o = { .sink = data, .on = val };

	if (val > 1)
		return -EINVAL;
	return mlx5sim_call(switch_it, &o);
}

MLX5SIM_ATTRIBUTE(on_fops, on_get, on_set);

struct change {
	struct mlx5sim_sink_setting *setting;
	u32 value;
};

static int change(void *arg)
{
	struct change *c = arg;

	if (c->setting->sink->on)
		return -EBUSY;
	WRITE_ONCE(c->setting->value, c->value);
	return 0;
}

static int setting_get(void *data, u64 *val)
{
	struct mlx5sim_sink_setting *setting = data;

	*val = READ_ONCE(setting->value);
	return 0;
}

static int setting_set(void *data, u64 val)
{
	struct change c = { .setting = data, .value = val };

	if (val > c.setting->max)
		return -EINVAL;
	return mlx5sim_call(change, &c);
}

MLX5SIM_ATTRIBUTE(setting_fops, setting_get, setting_set);

static int show_status(void *arg)
{
	struct seq_file *s = arg;
	const struct mlx5sim_sink *sink = s->private;
	const struct mlx5sim_sink_counts *c = &sink->counts;
	u32 i;

	seq_printf(s, "arrived %llu\n", c->arrived);
	for (i = 0; i < sink->frames.n; i++)
		seq_printf(s, "right_%u %llu\n", i, c->right[i]);
	seq_printf(s, "compared %llu\n", c->compared);
	seq_printf(s, "wrong %llu\n", c->wrong_length + c->wrong_bytes + c->wrong_template);
	seq_printf(s, "wrong_length %llu\n", c->wrong_length);
	seq_printf(s, "wrong_bytes %llu\n", c->wrong_bytes);
	seq_printf(s, "wrong_template %llu\n", c->wrong_template);
	seq_printf(s, "twice %llu\n", c->twice);
	seq_printf(s, "unknown %llu\n", c->unknown);
	seq_printf(s, "other %llu\n", c->other);
	return 0;
}

static int status_show(struct seq_file *s, void *unused)
{
	return mlx5sim_call(show_status, s);
}
DEFINE_SHOW_ATTRIBUTE(status);

/* By the clock and the TSC since the sink was switched on */
static int show_residence(void *arg)
{
	struct seq_file *s = arg;
	const struct mlx5sim_sink *sink = s->private;
	u64 ns = ktime_get_ns() - sink->ns, ticks = read_tsc() - sink->tsc;
	u32 i, bin;

	if (!sink->log || !ticks)
		return 0;
	for (i = 0; i < MLX5SIM_MAX_FRAMES; i++) {
		const u64 *bins = sink->log->bins[i];

		for (bin = 0; bin < SINK_BINS; bin++)
			if (bins[bin])
				seq_printf(s, "%u %llu %llu %llu\n", i,
					   mul_u64_u64_div_u64(mlx5sim_sink_bin_begin(bin), ns,
							       ticks),
					   mul_u64_u64_div_u64(mlx5sim_sink_bin_begin(bin + 1), ns,
							       ticks), bins[bin]);
	}
	return 0;
}

static int residence_show(struct seq_file *s, void *unused)
{
	return mlx5sim_call(show_residence, s);
}
DEFINE_SHOW_ATTRIBUTE(residence);

struct copy {
	const struct mlx5sim_sink *sink;
	u8 *data;
	u32 len;
};

static int get_last_wrong(void *arg)
{
	struct copy *c = arg;
	const struct mlx5sim_sink_log *log = c->sink->log;

	if (!log)
		return 0;
	c->len = log->last_wrong_len;
	memcpy(c->data, log->last_wrong, c->len);
	return 0;
}

static ssize_t last_wrong_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct copy c = { .sink = file->private_data };
	ssize_t ret;

	c.data = kmalloc(MLX5SIM_FRAME_BYTES, GFP_KERNEL);
	if (!c.data)
		return -ENOMEM;
	mlx5sim_call(get_last_wrong, &c);
	ret = simple_read_from_buffer(buf, len, pos, c.data, c.len);
	kfree(c.data);
	return ret;
}

static const struct file_operations last_wrong_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = last_wrong_read,
	.llseek = default_llseek,
};

void mlx5sim_sink_debugfs(struct mlx5sim_port *port, struct dentry *parent)
{
	static const char * const names[SINK_SETTINGS] = {
		[SINK_FROM] = "from",
		[SINK_NUMBER] = "number_at",
		[SINK_CHECK] = "check",
	};
	struct dentry *dir = debugfs_create_dir("sink", parent);
	struct mlx5sim_sink *sink = port->sink;
	int i;

	debugfs_create_file("on", 0600, dir, sink, &on_fops);
	for (i = 0; i < SINK_SETTINGS; i++)
		debugfs_create_file(names[i], 0600, dir, &sink->settings[i], &setting_fops);
	mlx5sim_frames_debugfs(&sink->frames, dir);
	debugfs_create_file("status", 0400, dir, sink, &status_fops);
	debugfs_create_file("last_wrong", 0400, dir, sink, &last_wrong_fops);
	debugfs_create_file("residence", 0400, dir, sink, &residence_fops);
}
