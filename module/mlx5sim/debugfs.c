// SPDX-License-Identifier: GPL-2.0-only
/* What the model tells of itself, see Documentation/ABI/testing/debugfs-mlx5sim */

#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "account.h"
#include "cmd.h"
#include "debugfs_attr.h"
#include "dma.h"
#include "engine.h"
#include "gen.h"
#include "queue.h"
#include "sink.h"

static struct dentry *root;

/* Text that can be a number, and nothing beside */
int mlx5sim_check_number(const char __user *buf, size_t len)
{
	char text[MLX5SIM_NUMBER_CHARS];

	if (len > sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, len))
		return -EFAULT;
	return memchr(text, 0, len) ? -EINVAL : 0;
}

/*
 * A file that the engine fills: what it shows is of one moment. @data is what
 * the file was created with.
 */
#define ENGINE_SHOW(_name)						\
static int _name##_show(struct seq_file *s, void *unused)		\
{									\
	return mlx5sim_call(show_##_name, s);				\
}									\
DEFINE_SHOW_ATTRIBUTE(_name)

static int show_commands(void *arg)
{
	mlx5sim_cmd_show(arg);
	return 0;
}

ENGINE_SHOW(commands);

static int show_account(void *arg)
{
	mlx5sim_account_show(arg);
	return 0;
}

static int account_show(struct seq_file *s, void *unused)
{
	return mlx5sim_call(show_account, s);
}

static int account_open(struct inode *inode, struct file *file)
{
	return single_open(file, account_show, inode->i_private);
}

static int reset_account(void *arg)
{
	mlx5sim_account_reset();
	return 0;
}

/* 0 begins it anew */
static ssize_t account_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	int err = mlx5sim_check_number(buf, len);
	u64 val;

	err = err ?: kstrtou64_from_user(buf, len, 0, &val);
	if (!err && val)
		err = -EINVAL;
	return err ?: mlx5sim_call(reset_account, NULL) ?: len;
}

static const struct file_operations account_fops = {
	.owner = THIS_MODULE,
	.open = account_open,
	.read = seq_read,
	.write = account_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static void traffic(struct seq_file *s, const char *name,
		    const struct mlx5sim_traffic *t)
{
	seq_printf(s, "%s_frames %llu\n", name,
		   t->unicast + t->multicast + t->broadcast);
	seq_printf(s, "%s_bytes %llu\n", name,
		   t->unicast_bytes + t->multicast_bytes + t->broadcast_bytes);
}

static int show_counters(void *arg)
{
	struct seq_file *s = arg;
	const struct mlx5sim_port *port = s->private;
	const struct mlx5sim_counters *c = &port->counters;

	traffic(s, "rx", &c->rx);
	traffic(s, "tx", &c->tx);
	traffic(s, "local", &c->local);
	seq_printf(s, "rx_oversize %llu\n", c->oversize);
	seq_printf(s, "rx_no_link %llu\n", c->no_link);
	seq_printf(s, "rx_no_rule %llu\n", c->no_rule);
	seq_printf(s, "rx_rule_drops %llu\n", c->rule_drops);
	seq_printf(s, "rx_no_buffer %llu\n", c->no_buffer);
	seq_printf(s, "tx_errors %llu\n", c->tx_errors);
	seq_printf(s, "wire_dropped %llu\n", port->wire.dropped);
	seq_printf(s, "wire_duplicated %llu\n", port->wire.duplicated);
	seq_printf(s, "wire_corrupted %llu\n", port->wire.corrupted);
	seq_printf(s, "wire_delayed %llu\n", port->wire.delayed);
	seq_printf(s, "link_downs %llu\n", c->link_downs);
	seq_printf(s, "interrupts %llu\n", c->interrupts);
	seq_printf(s, "cq_overruns %llu\n", c->cq_overruns);
	seq_printf(s, "dma_faults %llu\n", c->dma_faults);
	seq_printf(s, "commands %llu\n", c->commands);
	seq_printf(s, "bad_commands %llu\n", c->bad_commands);
	seq_printf(s, "unknown_commands %llu\n", c->unknown_commands);
	seq_printf(s, "leaked_objects %llu\n", c->leaked);
	return 0;
}

ENGINE_SHOW(counters);

static int show_objects(void *arg)
{
	struct seq_file *s = arg;
	struct mlx5sim_port *port = s->private;
	struct mlx5sim_obj *obj;
	unsigned long id;
	int type;

	for (type = 0; type < MLX5SIM_TYPES; type++) {
		u32 n = 0;

		xa_for_each(&port->objs[type], id, obj)
			n++;
		seq_printf(s, "%s: %u\n", mlx5sim_type_name(type), n);
	}
	return 0;
}

ENGINE_SHOW(objects);

static int show_queues(void *arg)
{
	struct seq_file *s = arg;
	struct mlx5sim_port *port = s->private;
	const struct mlx5sim_sq *sq;
	const struct mlx5sim_rq *rq;
	const struct mlx5sim_cq *cq;
	unsigned long id;

	xa_for_each(&port->objs[MLX5SIM_SQ], id, sq)
		seq_printf(s, "sq 0x%lx cq 0x%x state %u packets %llu errors %llu\n",
			   id, sq->cq->o.id, sq->state, sq->packets, sq->errors);
	xa_for_each(&port->objs[MLX5SIM_RQ], id, rq)
		seq_printf(s, "rq 0x%lx cq 0x%x state %u striding %d packets %llu no_buffer %llu errors %llu\n",
			   id, rq->cq->o.id, rq->state, rq->striding,
			   rq->packets, rq->no_buffer, rq->errors);
	xa_for_each(&port->objs[MLX5SIM_CQ], id, cq)
		seq_printf(s, "cq 0x%lx eq 0x%x cqes %llu compressed %llu events %llu overrun %d\n",
			   id, cq->eq->o.id, cq->cqes, cq->compressed,
			   cq->events, cq->overrun);
	return 0;
}

ENGINE_SHOW(queues);

static int link_get(void *data, u64 *val)
{
	struct mlx5sim_port *port = data;

	*val = READ_ONCE(port->link);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(link_fops, link_get, NULL, "%llu\n");

static int dma_pages_get(void *data, u64 *val)
{
	*val = mlx5sim_dma_pages(data);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(dma_pages_fops, dma_pages_get, NULL, "%llu\n");

void mlx5sim_debugfs_init(void)
{
	unsigned int i;
	char name[8];

	root = debugfs_create_dir("mlx5sim", NULL);
	debugfs_create_file("commands", 0400, root, NULL, &commands_fops);
	debugfs_create_file("account", 0600, root, NULL, &account_fops);
	for (i = 0; i < mlx5sim_nports; i++) {
		struct mlx5sim_port *port = mlx5sim_ports[i];
		struct dentry *dir;

		snprintf(name, sizeof(name), "port%u", i);
		dir = debugfs_create_dir(name, root);
		debugfs_create_file("link", 0400, dir, port, &link_fops);
		debugfs_create_file("counters", 0400, dir, port, &counters_fops);
		debugfs_create_file("objects", 0400, dir, port, &objects_fops);
		debugfs_create_file("queues", 0400, dir, port, &queues_fops);
		if (mlx5sim_dma_tracked())
			debugfs_create_file("dma_pages", 0400, dir, port, &dma_pages_fops);
		mlx5sim_fault_debugfs(port, dir);
		mlx5sim_gen_debugfs(port, dir);
		mlx5sim_sink_debugfs(port, dir);
	}
}

void mlx5sim_debugfs_exit(void)
{
	debugfs_remove(root);
}
