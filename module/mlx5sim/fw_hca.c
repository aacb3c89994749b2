// SPDX-License-Identifier: GPL-2.0-only
/* Firmware: the life of a function, and objects that are but numbers */

#include "cmd.h"
#include "queue.h"

static u8 enable_hca(struct mlx5sim_cmd *c)
{
	if (c->port->state != MLX5SIM_DISABLED)
		return MLX5_CMD_STAT_BAD_SYS_STATE_ERR;
	c->port->state = MLX5SIM_ENABLED;
	return 0;
}

static u8 disable_hca(struct mlx5sim_cmd *c)
{
	/* a driver that failed half-way has not torn down */
	mlx5sim_objs_release(c->port, true);
	c->port->state = MLX5SIM_DISABLED;
	mlx5sim_caps_init(c->port);
	return 0;
}

static u8 init_hca(struct mlx5sim_cmd *c)
{
	if (c->port->state != MLX5SIM_ENABLED)
		return MLX5_CMD_STAT_BAD_SYS_STATE_ERR;
	c->port->state = MLX5SIM_RUNNING;
	return 0;
}

static u8 teardown_hca(struct mlx5sim_cmd *c)
{
	mlx5sim_objs_release(c->port, true);
	c->port->state = MLX5SIM_ENABLED;
	return 0;
}

static u8 query_issi(struct mlx5sim_cmd *c)
{
	OUT(c, query_issi, current_issi, 1);
	OUT(c, query_issi, supported_issi_dw0, BIT(1));
	return 0;
}

static u8 set_issi(struct mlx5sim_cmd *c)
{
	return IN(c, set_issi, current_issi) == 1 ?
		0 : MLX5_CMD_STAT_BAD_PARAM_ERR;
}

/* The firmware needs none of the host's pages */
static u8 query_pages(struct mlx5sim_cmd *c)
{
	OUT(c, query_pages, num_pages, 0);
	return 0;
}

static u8 set_hca_cap(struct mlx5sim_cmd *c)
{
	void *caps = MLX5_ADDR_OF(set_hca_cap_in, c->in, capability);

	if (c->op_mod >> 1 != MLX5_CAP_GENERAL)
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	/* what the driver may choose of what is in force */
	MLX5_SET(cmd_hca_cap, c->port->caps, log_uar_page_sz,
		 MLX5_GET(cmd_hca_cap, caps, log_uar_page_sz));
	MLX5_SET(cmd_hca_cap, c->port->caps, pkey_table_size,
		 MLX5_GET(cmd_hca_cap, caps, pkey_table_size));
	MLX5_SET(cmd_hca_cap, c->port->caps, log_max_current_uc_list,
		 MLX5_GET(cmd_hca_cap, caps, log_max_current_uc_list));
	return 0;
}

static u8 query_adapter(struct mlx5sim_cmd *c)
{
	static const char psid[] = "SIM0000000001";

	memcpy(MLX5_ADDR_OF(query_adapter_out, c->out,
			    query_adapter_struct.vsd_contd_psid),
	       psid, sizeof(psid) - 1);
	OUT(c, query_adapter, query_adapter_struct.ieee_vendor_id,
	    PCI_VENDOR_ID_MELLANOX);
	return 0;
}

static u8 accept(struct mlx5sim_cmd *c)
{
	return 0;
}

/* Objects without contents; 0 is none of any type */
static u32 new_number(struct mlx5sim_cmd *c, enum mlx5sim_type type)
{
	struct mlx5sim_obj *obj = mlx5sim_obj_new(c->port, type, sizeof(*obj));

	return obj ? obj->id : 0;
}

static u8 alloc_uar(struct mlx5sim_cmd *c)
{
	u32 id = new_number(c, MLX5SIM_UAR);

	OUT(c, alloc_uar, uar, id);
	return id ? 0 : MLX5_CMD_STAT_NO_RES_ERR;
}

static u8 dealloc_uar(struct mlx5sim_cmd *c)
{
	return mlx5sim_obj_destroy(c->port, MLX5SIM_UAR, IN(c, dealloc_uar, uar));
}

static u8 alloc_pd(struct mlx5sim_cmd *c)
{
	u32 id = new_number(c, MLX5SIM_PD);

	OUT(c, alloc_pd, pd, id);
	return id ? 0 : MLX5_CMD_STAT_NO_RES_ERR;
}

static u8 dealloc_pd(struct mlx5sim_cmd *c)
{
	return mlx5sim_obj_destroy(c->port, MLX5SIM_PD, IN(c, dealloc_pd, pd));
}

static u8 alloc_td(struct mlx5sim_cmd *c)
{
	u32 id = new_number(c, MLX5SIM_TD);

	OUT(c, alloc_transport_domain, transport_domain, id);
	return id ? 0 : MLX5_CMD_STAT_NO_RES_ERR;
}

static u8 dealloc_td(struct mlx5sim_cmd *c)
{
	return mlx5sim_obj_destroy(c->port, MLX5SIM_TD,
				   IN(c, dealloc_transport_domain, transport_domain));
}

static u8 alloc_q_counter(struct mlx5sim_cmd *c)
{
	struct mlx5sim_q_counter *q;

	q = mlx5sim_obj_new(c->port, MLX5SIM_Q_COUNTER, sizeof(*q));
	if (!q)
		return MLX5_CMD_STAT_NO_RES_ERR;
	OUT(c, alloc_q_counter, counter_set_id, q->o.id);
	return 0;
}

static u8 dealloc_q_counter(struct mlx5sim_cmd *c)
{
	return mlx5sim_obj_destroy(c->port, MLX5SIM_Q_COUNTER,
				   IN(c, dealloc_q_counter, counter_set_id));
}

static u8 query_q_counter(struct mlx5sim_cmd *c)
{
	struct mlx5sim_q_counter *q;

	q = mlx5sim_obj_get(c->port, MLX5SIM_Q_COUNTER,
			    IN(c, query_q_counter, counter_set_id));
	if (!q)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	OUT(c, query_q_counter, out_of_buffer, q->out_of_buffer);
	OUT(c, query_q_counter, cq_overflow, q->cq_overflow);
	OUT(c, query_q_counter, resp_local_length_error, q->length_errors);
	OUT(c, query_q_counter, resp_local_protection, q->protection_errors);
	OUT(c, query_q_counter, resp_cqe_flush_error, q->flush_errors);
	if (IN(c, query_q_counter, clear)) {
		q->out_of_buffer = 0;
		q->cq_overflow = 0;
		q->length_errors = 0;
		q->protection_errors = 0;
		q->flush_errors = 0;
	}
	return 0;
}

const struct mlx5sim_cmd_def mlx5sim_hca_cmds[] = {
	MLX5SIM_CMD(ENABLE_HCA, enable_hca, DISABLED, enable_hca),
	MLX5SIM_CMD(DISABLE_HCA, disable_hca, ENABLED, disable_hca),
	MLX5SIM_CMD(INIT_HCA, init_hca, ENABLED, init_hca),
	MLX5SIM_CMD(TEARDOWN_HCA, teardown_hca, RUNNING, teardown_hca),
	MLX5SIM_CMD(QUERY_ISSI, query_issi, ENABLED, query_issi),
	MLX5SIM_CMD(SET_ISSI, set_issi, ENABLED, set_issi),
	MLX5SIM_CMD(QUERY_PAGES, query_pages, ENABLED, query_pages),
	MLX5SIM_CMD(QUERY_HCA_CAP, query_hca_cap, ENABLED, mlx5sim_query_caps),
	MLX5SIM_CMD(SET_HCA_CAP, set_hca_cap, ENABLED, set_hca_cap),
	MLX5SIM_CMD(QUERY_ADAPTER, query_adapter, RUNNING, query_adapter),
	MLX5SIM_CMD(SET_DRIVER_VERSION, set_driver_version, ENABLED, accept),
	MLX5SIM_CMD(ALLOC_UAR, alloc_uar, RUNNING, alloc_uar),
	MLX5SIM_CMD(DEALLOC_UAR, dealloc_uar, RUNNING, dealloc_uar),
	MLX5SIM_CMD(ALLOC_PD, alloc_pd, RUNNING, alloc_pd),
	MLX5SIM_CMD(DEALLOC_PD, dealloc_pd, RUNNING, dealloc_pd),
	MLX5SIM_CMD(ALLOC_TRANSPORT_DOMAIN, alloc_transport_domain, RUNNING,
		    alloc_td),
	MLX5SIM_CMD(DEALLOC_TRANSPORT_DOMAIN, dealloc_transport_domain, RUNNING,
		    dealloc_td),
	MLX5SIM_CMD(ALLOC_Q_COUNTER, alloc_q_counter, RUNNING, alloc_q_counter),
	MLX5SIM_CMD(DEALLOC_Q_COUNTER, dealloc_q_counter, RUNNING,
		    dealloc_q_counter),
	MLX5SIM_CMD(QUERY_Q_COUNTER, query_q_counter, RUNNING, query_q_counter),
	{}
};
