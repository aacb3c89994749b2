/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MLX5SIM_DEBUGFS_ATTR_H
#define MLX5SIM_DEBUGFS_ATTR_H

#include <linux/debugfs.h>

struct mlx5sim_port;

#define MLX5SIM_NUMBER_CHARS	23	/* what simple_attr_write() looks at */

int mlx5sim_check_number(const char __user *buf, size_t len);

/*
 * As DEFINE_DEBUGFS_ATTRIBUTE() and ..._SIGNED(), whose files take a number's first 23
 * characters, and what is before a NUL, for the whole: these refuse more than one number.
 */
#define MLX5SIM_ATTRIBUTE_XSIGNED(_fops, _get, _set, _fmt, _write)	\
static int _fops ## _open(struct inode *inode, struct file *file)	\
{									\
	return simple_attr_open(inode, file, _get, _set, _fmt);		\
}									\
static ssize_t _fops ## _write(struct file *file,			\
			       const char __user *buf, size_t len,	\
			       loff_t *pos)				\
{									\
	int err = mlx5sim_check_number(buf, len);			\
									\
	return err ?: _write(file, buf, len, pos);			\
}									\
static const struct file_operations _fops = {				\
	.owner	 = THIS_MODULE,						\
	.open	 = _fops ## _open,					\
	.release = simple_attr_release,					\
	.read	 = debugfs_attr_read,					\
	.write	 = _fops ## _write,					\
}

#define MLX5SIM_ATTRIBUTE(_fops, _get, _set)				\
	MLX5SIM_ATTRIBUTE_XSIGNED(_fops, _get, _set, "%llu\n",		\
				  debugfs_attr_write)
#define MLX5SIM_ATTRIBUTE_SIGNED(_fops, _get, _set)			\
	MLX5SIM_ATTRIBUTE_XSIGNED(_fops, _get, _set, "%lld\n",		\
				  debugfs_attr_write_signed)

/* debugfs.c, debugfs_fault.c */
void mlx5sim_debugfs_init(void);
void mlx5sim_debugfs_exit(void);
void mlx5sim_fault_debugfs(struct mlx5sim_port *port, struct dentry *dir);

#endif
