// SPDX-License-Identifier: GPL-2.0-only
/* What a test can have go wrong, see Documentation/ABI/testing/debugfs-mlx5sim */

#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "debugfs_attr.h"
#include "dma.h"
#include "engine.h"
#include "mlx5sim.h"
#include "queue.h"

#define MILLION		1000000
#define MAX_DELAY	1000000	/* us */

static int update_link(void *port)
{
	mlx5sim_link_update(port);
	return 0;
}

static int cable_get(void *data, u64 *val)
{
	struct mlx5sim_port *port = data;

	*val = READ_ONCE(port->wire.cable);
	return 0;
}

static int cable_set(void *data, u64 val)
{
	struct mlx5sim_port *port = data;

	if (val > 1)
		return -EINVAL;
	WRITE_ONCE(port->wire.cable, val);
	return mlx5sim_call(update_link, port);
}

MLX5SIM_ATTRIBUTE(cable_fops, cable_get, cable_set);

static int u32_get(void *data, u64 *val)
{
	*val = READ_ONCE(*(u32 *)data);
	return 0;
}

static int ppm_set(void *data, u64 val)
{
	if (val > MILLION)
		return -EINVAL;
	WRITE_ONCE(*(u32 *)data, val);
	return 0;
}

MLX5SIM_ATTRIBUTE(ppm_fops, u32_get, ppm_set);

static int delay_set(void *data, u64 val)
{
	if (val > MAX_DELAY)
		return -EINVAL;
	WRITE_ONCE(*(u32 *)data, val);
	return 0;
}

MLX5SIM_ATTRIBUTE(delay_fops, u32_get, delay_set);

struct frame {
	struct mlx5sim_port *port;
	u8 *data;
	u32 len;
};

static int inject(void *arg)
{
	struct frame *f = arg;

	return mlx5sim_wire_rx(f->port, f->data, f->len, false) ==
	       MLX5SIM_RX_DONE ? 0 : -ENOBUFS;
}

/* One write is one frame that arrives at the port */
static ssize_t inject_write(struct file *file, const char __user *buf,
			    size_t len, loff_t *pos)
{
	struct frame f = { .port = file->private_data, .len = len };
	int err;

	if (len < ETH_HLEN || len > MLX5SIM_MAX_MTU)
		return -EINVAL;
	f.data = memdup_user(buf, len);
	if (IS_ERR(f.data))
		return PTR_ERR(f.data);
	err = mlx5sim_call(inject, &f);
	kfree(f.data);
	return err ?: len;
}

static const struct file_operations inject_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = inject_write,
};

struct fault {
	struct mlx5sim_port *port;
	bool sq;
	u32 id;
	u8 syndrome;
};

static int set_fault(void *arg)
{
	struct fault *f = arg;
	void *queue = mlx5sim_obj_get(f->port, f->sq ? MLX5SIM_SQ : MLX5SIM_RQ,
				      f->id);

	if (!queue)
		return -ENOENT;
	if (f->sq)
		((struct mlx5sim_sq *)queue)->fault = f->syndrome;
	else
		((struct mlx5sim_rq *)queue)->fault = f->syndrome;
	return 0;
}

/* "sq ID [SYNDROME]" or "rq ID [SYNDROME]", words apart by spaces */
static int parse_fault(char *text, struct fault *f)
{
	char *word[4];
	int n = 0;

	f->syndrome = MLX5_CQE_SYNDROME_LOCAL_QP_OP_ERR;
	text = strim(text);
	while (text && n < ARRAY_SIZE(word)) {
		word[n] = strsep(&text, " \t");
		n += *word[n] != 0;
	}
	if (text || n < 2 || n > 3)
		return -EINVAL;
	f->sq = !strcmp(word[0], "sq");
	if (!f->sq && strcmp(word[0], "rq"))
		return -EINVAL;
	if (kstrtou32(word[1], 0, &f->id))
		return -EINVAL;
	if (n == 3 && (kstrtou8(word[2], 0, &f->syndrome) || !f->syndrome))
		return -EINVAL;
	return 0;
}

static ssize_t fault_write(struct file *file, const char __user *buf,
			   size_t len, loff_t *pos)
{
	struct fault f = { .port = file->private_data };
	char text[64];
	int err;

	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, len))
		return -EFAULT;
	text[len] = 0;
	if (strlen(text) < len)
		return -EINVAL;
	err = parse_fault(text, &f) ?: mlx5sim_call(set_fault, &f);
	return err ?: len;
}

static const struct file_operations fault_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = fault_write,
};

static int clock_get(void *data, u64 *val)
{
	*val = mlx5sim_clock(data);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(clock_fops, clock_get, NULL, "%llu\n");

/* Stamps follow the clock, back too */
static int forget_stamp(void *data)
{
	struct mlx5sim_port *port = data;

	port->last_stamp = (struct mlx5sim_stamp){};
	return 0;
}

static int clock_offset_get(void *data, u64 *val)
{
	struct mlx5sim_port *port = data;

	*val = READ_ONCE(port->clock_offset);
	return 0;
}

static int clock_offset_set(void *data, u64 val)
{
	struct mlx5sim_port *port = data;

	WRITE_ONCE(port->clock_offset, val);
	return mlx5sim_call(forget_stamp, port);
}

MLX5SIM_ATTRIBUTE_SIGNED(clock_offset_fops, clock_offset_get, clock_offset_set);

static int clock_frozen_get(void *data, u64 *val)
{
	struct mlx5sim_port *port = data;

	*val = READ_ONCE(port->clock_frozen);
	return 0;
}

/* The value that it stands at; 0: it runs */
static int clock_frozen_set(void *data, u64 val)
{
	struct mlx5sim_port *port = data;

	WRITE_ONCE(port->clock_frozen, val);
	return mlx5sim_call(forget_stamp, port);
}

MLX5SIM_ATTRIBUTE(clock_frozen_fops, clock_frozen_get, clock_frozen_set);

static int dma_fail_get(void *data, u64 *val)
{
	*val = mlx5sim_dma_fail_get(data);
	return 0;
}

/* The device's account of mappings has no memory for the val-th page from now on */
static int dma_fail_set(void *data, u64 val)
{
	if (val > MILLION)
		return -EINVAL;
	mlx5sim_dma_fail_set(data, val);
	return 0;
}

MLX5SIM_ATTRIBUTE(dma_fail_fops, dma_fail_get, dma_fail_set);

void mlx5sim_fault_debugfs(struct mlx5sim_port *port, struct dentry *dir)
{
	struct mlx5sim_wire *wire = &port->wire;

	debugfs_create_file("cable", 0600, dir, port, &cable_fops);
	debugfs_create_file("drop_ppm", 0600, dir, &wire->drop_ppm, &ppm_fops);
	debugfs_create_file("dup_ppm", 0600, dir, &wire->dup_ppm, &ppm_fops);
	debugfs_create_file("corrupt_ppm", 0600, dir, &wire->corrupt_ppm, &ppm_fops);
	debugfs_create_file("delay_us", 0600, dir, &wire->delay_us, &delay_fops);
	debugfs_create_file("inject", 0200, dir, port, &inject_fops);
	debugfs_create_file("fault", 0200, dir, port, &fault_fops);
	if (mlx5sim_dma_tracked())
		debugfs_create_file("dma_fail", 0600, dir, port, &dma_fail_fops);
	debugfs_create_file("clock", 0400, dir, port, &clock_fops);
	debugfs_create_file("clock_offset", 0600, dir, port, &clock_offset_fops);
	debugfs_create_file("clock_frozen", 0600, dir, port, &clock_frozen_fops);
}
