// SPDX-License-Identifier: GPL-2.0-only
/* The ports that there are, and the module parameters that several files look at */

#include <linux/module.h>

#include "mlx5sim.h"

struct mlx5sim_port *mlx5sim_ports[MLX5SIM_MAX_PORTS];

unsigned int mlx5sim_nports = 2;
module_param_named(ports, mlx5sim_nports, uint, 0444);
MODULE_PARM_DESC(ports, "number of functions, 1 to 4 (default 2)");

bool mlx5sim_striding = true;
module_param_named(striding, mlx5sim_striding, bool, 0444);
MODULE_PARM_DESC(striding, "offer the striding RQ (default Y)");

bool mlx5sim_compression = true;
module_param_named(cqe_compression, mlx5sim_compression, bool, 0444);
MODULE_PARM_DESC(cqe_compression, "offer CQE compression (default Y)");

bool mlx5sim_mpw = true;
module_param_named(mpw, mlx5sim_mpw, bool, 0444);
MODULE_PARM_DESC(mpw, "offer multi-packet send WQEs (default Y)");

bool mlx5sim_verbose;
module_param_named(verbose, mlx5sim_verbose, bool, 0644);
MODULE_PARM_DESC(verbose, "log every command");
