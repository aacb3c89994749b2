// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the function can do. All that is not set here is 0: whatever the driver
 * could ask for beyond it is refused, see the commands.
 */

#include <linux/mlx5/vport.h>

#include "cmd.h"
#include "queue.h"

#define GEN(field, v)	MLX5_SET(cmd_hca_cap, caps, field, v)

void mlx5sim_caps_init(struct mlx5sim_port *port)
{
	void *caps = port->caps;

	memset(caps, 0, sizeof(port->caps));
	GEN(port_type, MLX5_CAP_PORT_TYPE_ETH);
	GEN(num_ports, 1);
	GEN(vhca_id, port->idx + 1);
	GEN(eth_net_offloads, 1);
	GEN(nic_flow_table, 1);
	GEN(cqe_version, 1);
	GEN(page_request_disable, 1);	/* the firmware needs no host memory */
	GEN(device_frequency_khz, 1000000);	/* see clock.c */
	GEN(vport_counters, 1);
	GEN(nic_receive_steering_discard, 1);
	GEN(disable_local_lb_uc, 1);
	GEN(disable_local_lb_mc, 1);
	/* accepted, and not needed: see modify_cq() */
	GEN(cq_moderation, 1);
	GEN(cq_period_mode_modify, 1);

	GEN(log_max_eq, 6);
	GEN(log_max_eq_sz, MLX5SIM_LOG_MAX_EQ);
	GEN(log_max_cq, 15);
	GEN(log_max_cq_sz, MLX5SIM_LOG_MAX_CQ);
	GEN(log_max_mkey, 15);
	GEN(log_max_pd, 15);
	GEN(log_max_transport_domain, 15);
	GEN(log_max_qp, 12);
	GEN(log_max_sq, 15);
	GEN(log_max_rq, 15);
	GEN(log_max_tis, 15);
	GEN(log_max_tis_per_sq, 1);
	GEN(log_max_tir, 15);
	GEN(log_max_rqt, 15);
	GEN(log_max_rqt_size, MLX5SIM_LOG_MAX_RQT);
	GEN(log_max_wq_sz, MLX5SIM_LOG_MAX_WQ);
	GEN(log_min_stride_sz_rq, MLX5SIM_LOG_MIN_STRIDE);
	GEN(log_max_stride_sz_rq, MLX5SIM_LOG_MAX_STRIDE);
	GEN(log_min_stride_sz_sq, 6);
	GEN(log_max_stride_sz_sq, 6);
	GEN(basic_cyclic_rcv_wqe, 1);
	GEN(max_wqe_sz_sq, 1024);
	GEN(max_wqe_sz_rq, 512);
	GEN(max_tc, 8);
	GEN(log_max_current_uc_list, 7);
	GEN(log_max_current_mc_list, 11);
	GEN(log_max_vlan_list, 12);
	GEN(log_pg_sz, 12);
	GEN(bf, 1);
	GEN(log_bf_reg_size, 9);

	if (mlx5sim_striding) {
		GEN(striding_rq, 1);
		GEN(ext_stride_num_range, 1);
		GEN(umr_ptr_rlky, 1);
		GEN(fixed_buffer_size, 1);
		GEN(log_max_klm_list_size, 16);
		GEN(umr_extended_translation_offset, 1);
	}
	if (mlx5sim_compression) {
		GEN(cqe_compression, 1);
		GEN(mini_cqe_resp_stride_index, 1);
		GEN(cqe_compression_max_num, MLX5SIM_COMP_MAX);
		GEN(cqe_compression_timeout, 16);
	}
}

#define ETH(field, v)	MLX5_SET(per_protocol_networking_offload_caps, caps, \
				 field, v)

static void eth_caps(void *caps)
{
	ETH(csum_cap, 1);
	ETH(vlan_cap, 1);
	ETH(wqe_vlan_insert, 1);
	ETH(self_lb_en_modifiable, 1);
	ETH(max_lso_cap, 18);
	ETH(wqe_inline_mode, MLX5_CAP_INLINE_MODE_NOT_REQUIRED);
	ETH(rss_ind_tbl_cap, 11);
	ETH(cqe_checksum_full, 1);
	ETH(reg_umr_sq, mlx5sim_striding);
	ETH(enhanced_multi_pkt_send_wqe, mlx5sim_mpw);
}

#define FT(field, v)	MLX5_SET(flow_table_prop_layout, rx, field, v)

static void flow_caps(void *caps)
{
	void *rx = MLX5_ADDR_OF(flow_table_nic_cap, caps,
				flow_table_properties_nic_receive);

	FT(ft_support, 1);
	FT(flow_modify_en, 1);
	FT(modify_root, 1);
	FT(identified_miss_table_mode, 1);
	FT(flow_table_modify, 1);
	FT(max_ft_level, MLX5SIM_MAX_LEVEL);
	FT(log_max_ft_size, 20);
	FT(log_max_ft_num, 12);
	FT(log_max_destination, 3);	/* MLX5SIM_MAX_DEST */
	FT(log_max_flow, 16);
	FT(ft_field_support.outer_dmac, 1);
	FT(ft_field_support.outer_smac, 1);
	FT(ft_field_support.outer_ether_type, 1);
	FT(ft_field_support.outer_ip_version, 1);
	FT(ft_field_support.outer_first_vid, 1);
	FT(ft_field_support.outer_sip, 1);
	FT(ft_field_support.outer_dip, 1);
	FT(ft_field_support.outer_ip_protocol, 1);
	FT(ft_field_support.outer_udp_sport, 1);
	FT(ft_field_support.outer_udp_dport, 1);
	FT(ft_field_support.outer_tcp_sport, 1);
	FT(ft_field_support.outer_tcp_dport, 1);
}

u8 mlx5sim_query_caps(struct mlx5sim_cmd *c)
{
	void *caps = MLX5_ADDR_OF(query_hca_cap_out, c->out, capability);

	switch (c->op_mod >> 1) {
	case MLX5_CAP_GENERAL:
		memcpy(caps, c->port->caps, sizeof(c->port->caps));
		return 0;
	case MLX5_CAP_ETHERNET_OFFLOADS:
		eth_caps(caps);
		return 0;
	case MLX5_CAP_FLOW_TABLE:
		flow_caps(caps);
		return 0;
	default:
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	}
}
