// SPDX-License-Identifier: GPL-2.0-only
/* The generator's files, see Documentation/ABI/testing/debugfs-mlx5sim */

#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "debugfs_attr.h"
#include "engine.h"
#include "gen.h"

static int setting_get(void *data, u64 *val)
{
	const struct mlx5sim_gen_setting *setting = data;

	*val = READ_ONCE(setting->value);
	return 0;
}

static int setting_set(void *data, u64 val)
{
	struct mlx5sim_gen_setting *setting = data;

	if (val < setting->min || val > setting->max)
		return -EINVAL;
	WRITE_ONCE(setting->value, val);
	return 0;
}

MLX5SIM_ATTRIBUTE(setting_fops, setting_get, setting_set);

struct template {
	struct mlx5sim_gen *gen;
	u8 *data;
	u32 len;
};

static int set_template(void *arg)
{
	struct template *t = arg;

	memcpy(t->gen->template, t->data, t->len);
	t->gen->template_len = t->len;
	return 0;
}

static ssize_t template_write(struct file *file, const char __user *buf,
			      size_t len, loff_t *pos)
{
	struct template t = { .gen = file->private_data, .len = len };
	int err;

	/* one write, one frame */
	if (*pos || len < ETH_HLEN || len > GEN_MAX_FRAME)
		return -EINVAL;
	t.data = memdup_user(buf, len);
	if (IS_ERR(t.data))
		return PTR_ERR(t.data);
	err = mlx5sim_call(set_template, &t);
	kfree(t.data);
	return err ?: len;
}

static int get_template(void *arg)
{
	struct template *t = arg;

	t->len = t->gen->template_len;
	memcpy(t->data, t->gen->template, t->len);
	return 0;
}

static ssize_t template_read(struct file *file, char __user *buf, size_t len,
			     loff_t *pos)
{
	struct template t = { .gen = file->private_data };
	ssize_t ret;

	t.data = kmalloc(GEN_MAX_FRAME, GFP_KERNEL);
	if (!t.data)
		return -ENOMEM;
	mlx5sim_call(get_template, &t);
	ret = simple_read_from_buffer(buf, len, pos, t.data, t.len);
	kfree(t.data);
	return ret;
}

static const struct file_operations template_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = template_read,
	.write = template_write,
	.llseek = default_llseek,
};

struct order {
	struct mlx5sim_gen *gen;
	u64 count;
	struct mlx5sim_gen_wait *wait;	/* NULL: nobody waits for its end */
};

static int start(void *arg)
{
	struct order *o = arg;

	return mlx5sim_gen_start(o->gen, o->count, o->wait);
}

/* Gives up waiting; the run may have ended meanwhile, and another one begun */
static int abandon(void *arg)
{
	struct order *o = arg;

	if (o->gen->wait == o->wait)
		mlx5sim_gen_stop(o->gen);
	return 0;
}

static int stop(void *gen)
{
	mlx5sim_gen_stop(gen);
	return 0;
}

static int start_set(void *data, u64 val)
{
	struct order o = { .gen = data, .count = val };

	return mlx5sim_call(start, &o);
}

MLX5SIM_ATTRIBUTE(start_fops, NULL, start_set);

static int stop_set(void *data, u64 val)
{
	return mlx5sim_call(stop, data);
}

MLX5SIM_ATTRIBUTE(stop_fops, NULL, stop_set);

/* The write returns when the frames are out; a signal ends the run */
static int run_set(void *data, u64 val)
{
	struct mlx5sim_gen_wait wait = {};
	struct order o = { .gen = data, .count = val, .wait = &wait };
	int err;

	init_completion(&wait.done);
	if (!val)
		return -EINVAL;
	err = mlx5sim_call(start, &o);
	if (err)
		return err;
	if (wait_for_completion_interruptible(&wait.done)) {
		mlx5sim_call(abandon, &o);
		return -EINTR;
	}
	if (wait.sent == val)
		return 0;
	return wait.no_link ? -ENETDOWN : -ECANCELED;
}

MLX5SIM_ATTRIBUTE(run_fops, NULL, run_set);

static int show_status(void *arg)
{
	struct seq_file *s = arg;
	const struct mlx5sim_gen *gen = s->private;
	u64 end = gen->running ? ktime_get_ns() : gen->end;

	seq_printf(s, "running %d\n", gen->running);
	seq_printf(s, "sent %llu\n", gen->sent);
	seq_printf(s, "taken %llu\n", gen->taken);
	seq_printf(s, "waits %llu\n", gen->waits);
	seq_printf(s, "ns %llu\n", end - gen->begin);
	return 0;
}

static int status_show(struct seq_file *s, void *unused)
{
	return mlx5sim_call(show_status, s);
}
DEFINE_SHOW_ATTRIBUTE(status);

static int show_times(void *arg)
{
	struct seq_file *s = arg;
	const struct mlx5sim_gen *gen = s->private;
	u32 i;

	for (i = 0; i < gen->ntimes; i++)
		seq_printf(s, "%u %u %u\n", gen->times[i].ns, gen->times[i].frames,
			   gen->times[i].ticks);
	return 0;
}

static int times_show(struct seq_file *s, void *unused)
{
	return mlx5sim_call(show_times, s);
}
DEFINE_SHOW_ATTRIBUTE(times);

void mlx5sim_gen_debugfs(struct mlx5sim_port *port, struct dentry *parent)
{
	static const char * const names[GEN_SETTINGS] = {
		[GEN_FLOWS] = "flows",
		[GEN_ZIPF] = "zipf_milli",
		[GEN_BURST] = "burst",
		[GEN_RATE] = "rate",
	};
	struct dentry *dir = debugfs_create_dir("gen", parent);
	struct mlx5sim_gen *gen = port->gen;
	int i;

	for (i = 0; i < GEN_SETTINGS; i++)
		debugfs_create_file(names[i], 0600, dir, &gen->settings[i],
				    &setting_fops);
	debugfs_create_file("template", 0600, dir, gen, &template_fops);
	debugfs_create_file("start", 0200, dir, gen, &start_fops);
	debugfs_create_file("stop", 0200, dir, gen, &stop_fops);
	debugfs_create_file("run", 0200, dir, gen, &run_fops);
	debugfs_create_file("status", 0400, dir, gen, &status_fops);
	debugfs_create_file("times", 0400, dir, gen, &times_fops);
}
