// SPDX-License-Identifier: GPL-2.0-only
/* Lists of frames: what the generator makes, and what the sink expects */

#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "debugfs_attr.h"
#include "engine.h"
#include "frames.h"

#define HEX_BYTES	64	/* what printk's formats take at once */

/**
 * mlx5sim_frame_new - memory for a frame
 * @data: its bytes, from the Ethernet header on; NULL: they are filled in later
 * @len: how many
 *
 * Return: the frame, to be freed with kvfree(); NULL if there is no memory.
 */
struct mlx5sim_frame *mlx5sim_frame_new(const void *data, u32 len)
{
	struct mlx5sim_frame *frame = kvmalloc(struct_size(frame, data, len), GFP_KERNEL);

	if (!frame)
		return NULL;
	frame->len = len;
	if (data)
		memcpy(frame->data, data, len);
	return frame;
}

/* The last of the list from now on, and the list's; the engine's, as the next one */
int mlx5sim_frames_add(struct mlx5sim_frames *frames, struct mlx5sim_frame *frame)
{
	if (frames->busy && *frames->busy)
		return -EBUSY;
	if (frames->n == MLX5SIM_MAX_FRAMES)
		return -ENOSPC;
	frames->frame[frames->n++] = frame;
	return 0;
}

void mlx5sim_frames_clear(struct mlx5sim_frames *frames)
{
	while (frames->n)
		kvfree(frames->frame[--frames->n]);
}

/* What one write(2) has is a frame */
struct mlx5sim_frame *mlx5sim_frame_from_user(const char __user *buf, size_t len)
{
	struct mlx5sim_frame *frame;

	if (len < ETH_HLEN || len > MLX5SIM_FRAME_BYTES)
		return ERR_PTR(-EINVAL);
	frame = mlx5sim_frame_new(NULL, len);
	if (!frame)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(frame->data, buf, len)) {
		kvfree(frame);
		return ERR_PTR(-EFAULT);
	}
	return frame;
}

struct addition {
	struct mlx5sim_frames *frames;
	struct mlx5sim_frame *frame;
};

static int add(void *arg)
{
	struct addition *a = arg;

	return mlx5sim_frames_add(a->frames, a->frame);
}

static int clear(void *arg)
{
	struct mlx5sim_frames *frames = arg;

	if (frames->busy && *frames->busy)
		return -EBUSY;
	mlx5sim_frames_clear(frames);
	return 0;
}

/* A line of hexadecimal digits for each frame */
static int show_frames(void *arg)
{
	struct seq_file *s = arg;
	const struct mlx5sim_frames *frames = s->private;
	u32 i, at;

	for (i = 0; i < frames->n; i++) {
		const struct mlx5sim_frame *frame = frames->frame[i];

		for (at = 0; at < frame->len; at += HEX_BYTES)
			seq_printf(s, "%*phN", min_t(int, frame->len - at, HEX_BYTES),
				   frame->data + at);
		seq_putc(s, '\n');
	}
	return 0;
}

static int frames_show(struct seq_file *s, void *unused)
{
	return mlx5sim_call(show_frames, s);
}

/* Whoever truncates the file begins a new list */
static int frames_open(struct inode *inode, struct file *file)
{
	int err = 0;

	if (file->f_mode & FMODE_WRITE && file->f_flags & O_TRUNC)
		err = mlx5sim_call(clear, inode->i_private);
	return err ?: single_open(file, frames_show, inode->i_private);
}

static ssize_t frames_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	struct addition a = { .frames = ((struct seq_file *)file->private_data)->private };
	int err;

	a.frame = mlx5sim_frame_from_user(buf, len);
	if (IS_ERR(a.frame))
		return PTR_ERR(a.frame);
	err = mlx5sim_call(add, &a);
	if (err)
		kvfree(a.frame);
	return err ?: len;
}

static const struct file_operations frames_fops = {
	.owner = THIS_MODULE,
	.open = frames_open,
	.read = seq_read,
	.write = frames_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/* The file "frames" of a list */
void mlx5sim_frames_debugfs(struct mlx5sim_frames *frames, struct dentry *dir)
{
	debugfs_create_file("frames", 0600, dir, frames, &frames_fops);
}
