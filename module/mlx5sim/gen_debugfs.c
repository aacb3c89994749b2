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
	struct mlx5sim_frame *frame;
};

/* The one frame from now on: what was said of the others is not about it */
static int set_template(void *arg)
{
	struct template *t = arg;

	mlx5sim_frames_clear(&t->gen->templates);
	kvfree(t->gen->pattern);
	t->gen->pattern = NULL;
	WRITE_ONCE(t->gen->settings[GEN_NUMBER].value, 0);
	return mlx5sim_frames_add(&t->gen->templates, t->frame);
}

static ssize_t template_write(struct file *file, const char __user *buf,
			      size_t len, loff_t *pos)
{
	struct template t = { .gen = file->private_data };
	int err;

	/* one write, one frame */
	if (*pos)
		return -EINVAL;
	t.frame = mlx5sim_frame_from_user(buf, len);
	if (IS_ERR(t.frame))
		return PTR_ERR(t.frame);
	err = mlx5sim_call(set_template, &t);
	if (err)
		kvfree(t.frame);
	return err ?: len;
}

/* Bytes that a file shows, a copy of the moment */
struct copy {
	struct mlx5sim_gen *gen;
	u8 *data;
	u32 len;
};

static ssize_t copy_read(struct mlx5sim_gen *gen, int (*fill)(void *copy), u32 max,
			 char __user *buf, size_t len, loff_t *pos)
{
	struct copy c = { .gen = gen };
	ssize_t ret;

	c.data = kvmalloc(max, GFP_KERNEL);
	if (!c.data)
		return -ENOMEM;
	mlx5sim_call(fill, &c);
	ret = simple_read_from_buffer(buf, len, pos, c.data, c.len);
	kvfree(c.data);
	return ret;
}

/* The first one */
static int get_template(void *arg)
{
	struct copy *c = arg;
	const struct mlx5sim_frame *frame = c->gen->templates.frame[0];

	if (!c->gen->templates.n)
		return 0;
	c->len = frame->len;
	memcpy(c->data, frame->data, frame->len);
	return 0;
}

static ssize_t template_read(struct file *file, char __user *buf, size_t len,
			     loff_t *pos)
{
	return copy_read(file->private_data, get_template, MLX5SIM_FRAME_BYTES, buf, len, pos);
}

static const struct file_operations template_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = template_read,
	.write = template_write,
	.llseek = default_llseek,
};

struct pattern {
	struct mlx5sim_gen *gen;
	struct mlx5sim_gen_pattern *pattern;	/* NULL: templates come in turns */
};

static int set_pattern(void *arg)
{
	struct pattern *p = arg;

	kvfree(p->gen->pattern);
	p->gen->pattern = p->pattern;
	return 0;
}

/* Whoever truncates the file takes the pattern away */
static int pattern_open(struct inode *inode, struct file *file)
{
	struct pattern p = { .gen = inode->i_private };

	if (file->f_mode & FMODE_WRITE && file->f_flags & O_TRUNC)
		mlx5sim_call(set_pattern, &p);
	return simple_open(inode, file);
}

static bool names_templates(const struct mlx5sim_gen_pattern *pattern)
{
	u32 i;

	for (i = 0; i < pattern->len; i++)
		if (pattern->turns[i] >= MLX5SIM_MAX_FRAMES)
			return false;
	return true;
}

static ssize_t pattern_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	struct pattern p = { .gen = file->private_data };
	int err = 0;

	/* one write, one pattern */
	if (*pos || !len || len > GEN_MAX_PATTERN)
		return -EINVAL;
	p.pattern = mlx5sim_gen_pattern_new(len);
	if (!p.pattern)
		return -ENOMEM;
	if (copy_from_user(p.pattern->turns, buf, len))
		err = -EFAULT;
	else if (!names_templates(p.pattern))
		err = -EINVAL;
	if (err) {
		kvfree(p.pattern);
		return err;
	}
	mlx5sim_call(set_pattern, &p);
	return len;
}

static int get_pattern(void *arg)
{
	struct copy *c = arg;
	const struct mlx5sim_gen_pattern *pattern = c->gen->pattern;

	if (!pattern)
		return 0;
	c->len = pattern->len;
	memcpy(c->data, pattern->turns, pattern->len);
	return 0;
}

static ssize_t pattern_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	return copy_read(file->private_data, get_pattern, GEN_MAX_PATTERN, buf, len, pos);
}

static const struct file_operations pattern_fops = {
	.owner = THIS_MODULE,
	.open = pattern_open,
	.read = pattern_read,
	.write = pattern_write,
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
		[GEN_NUMBER] = "number_at",
	};
	struct dentry *dir = debugfs_create_dir("gen", parent);
	struct mlx5sim_gen *gen = port->gen;
	int i;

	for (i = 0; i < GEN_SETTINGS; i++)
		debugfs_create_file(names[i], 0600, dir, &gen->settings[i],
				    &setting_fops);
	debugfs_create_file("template", 0600, dir, gen, &template_fops);
	mlx5sim_frames_debugfs(&gen->templates, dir);
	debugfs_create_file("pattern", 0600, dir, gen, &pattern_fops);
	debugfs_create_file("start", 0200, dir, gen, &start_fops);
	debugfs_create_file("stop", 0200, dir, gen, &stop_fops);
	debugfs_create_file("run", 0200, dir, gen, &run_fops);
	debugfs_create_file("status", 0400, dir, gen, &status_fops);
	debugfs_create_file("times", 0400, dir, gen, &times_fops);
}
