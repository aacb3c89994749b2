// SPDX-License-Identifier: GPL-2.0-only
/* Firmware: the vport, and what it has counted */

#include "cmd.h"

#define GUID_BASE	0x0215b30000000000ULL
#define LIST_ENTRY	8	/* bytes of a MAC address in a list */

static u8 query_state(struct mlx5sim_cmd *c)
{
	OUT(c, query_vport_state, admin_state, 1);
	OUT(c, query_vport_state, state, c->port->link);
	return 0;
}

static u8 query_context(struct mlx5sim_cmd *c)
{
	void *ctx = MLX5_ADDR_OF(query_nic_vport_context_out, c->out,
				 nic_vport_context);
	struct mlx5sim_port *port = c->port;
	u8 *mac = MLX5_ADDR_OF(nic_vport_context, ctx, permanent_address);

	MLX5_SET(nic_vport_context, ctx, mtu, port->vport_mtu);
	MLX5_SET(nic_vport_context, ctx, disable_uc_local_lb,
		 !port->uc_loopback);
	MLX5_SET(nic_vport_context, ctx, disable_mc_local_lb,
		 !port->mc_loopback);
	MLX5_SET(nic_vport_context, ctx, promisc_uc, port->promisc & 1);
	MLX5_SET(nic_vport_context, ctx, promisc_mc, port->promisc >> 1 & 1);
	MLX5_SET(nic_vport_context, ctx, promisc_all, port->promisc >> 2 & 1);
	MLX5_SET64(nic_vport_context, ctx, system_image_guid, GUID_BASE);
	MLX5_SET64(nic_vport_context, ctx, port_guid,
		   GUID_BASE + 0x100 + port->idx);
	MLX5_SET64(nic_vport_context, ctx, node_guid,
		   GUID_BASE + 0x200 + port->idx);
	memcpy(mac + 2, port->mac, ETH_ALEN);
	return 0;
}

/*
 * The address lists are for a switch to learn from; what the function receives
 * is up to its flow tables.
 */
static u8 modify_context(struct mlx5sim_cmd *c)
{
	void *ctx = MLX5_ADDR_OF(modify_nic_vport_context_in, c->in,
				 nic_vport_context);
	u8 *mac = MLX5_ADDR_OF(nic_vport_context, ctx, permanent_address);
	struct mlx5sim_port *port = c->port;

#define SELECTED(field)	IN(c, modify_nic_vport_context, field_select.field)
	if (SELECTED(permanent_address))
		memcpy(port->mac, mac + 2, ETH_ALEN);
	if (SELECTED(mtu))
		port->vport_mtu = MLX5_GET(nic_vport_context, ctx, mtu);
	if (SELECTED(disable_uc_local_lb))
		port->uc_loopback = !MLX5_GET(nic_vport_context, ctx,
					      disable_uc_local_lb);
	if (SELECTED(disable_mc_local_lb))
		port->mc_loopback = !MLX5_GET(nic_vport_context, ctx,
					      disable_mc_local_lb);
	if (SELECTED(promisc))
		port->promisc = MLX5_GET(nic_vport_context, ctx, promisc_uc) |
				MLX5_GET(nic_vport_context, ctx, promisc_mc) << 1 |
				MLX5_GET(nic_vport_context, ctx, promisc_all) << 2;
	if (SELECTED(addresses_list) &&
	    MLX5_GET(nic_vport_context, ctx, allowed_list_size) * LIST_ENTRY >
	    c->inlen - MLX5_ST_SZ_BYTES(modify_nic_vport_context_in))
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
#undef SELECTED
	return 0;
}

static void put_traffic(void *counter, u64 packets, u64 bytes)
{
	MLX5_SET64(traffic_counter, counter, packets, packets);
	MLX5_SET64(traffic_counter, counter, octets, bytes);
}

#define COUNTER(field)	MLX5_ADDR_OF(query_vport_counter_out, c->out, field)

static u8 query_counter(struct mlx5sim_cmd *c)
{
	const struct mlx5sim_counters *n = &c->port->counters;
	const struct mlx5sim_traffic *rx = &n->rx, *tx = &n->tx, *lo = &n->local;

	/* what is looped back has been sent and received */
	put_traffic(COUNTER(received_eth_unicast), rx->unicast + lo->unicast,
		    rx->unicast_bytes + lo->unicast_bytes);
	put_traffic(COUNTER(received_eth_multicast),
		    rx->multicast + lo->multicast,
		    rx->multicast_bytes + lo->multicast_bytes);
	put_traffic(COUNTER(received_eth_broadcast),
		    rx->broadcast + lo->broadcast,
		    rx->broadcast_bytes + lo->broadcast_bytes);
	put_traffic(COUNTER(transmitted_eth_unicast), tx->unicast + lo->unicast,
		    tx->unicast_bytes + lo->unicast_bytes);
	put_traffic(COUNTER(transmitted_eth_multicast), tx->multicast,
		    tx->multicast_bytes);
	put_traffic(COUNTER(transmitted_eth_broadcast), tx->broadcast,
		    tx->broadcast_bytes);
	put_traffic(COUNTER(local_loopback), lo->unicast + lo->multicast +
		    lo->broadcast, lo->unicast_bytes + lo->multicast_bytes +
		    lo->broadcast_bytes);
	put_traffic(COUNTER(transmit_errors), n->tx_errors, 0);
	return 0;
}

static u8 query_env(struct mlx5sim_cmd *c)
{
	const struct mlx5sim_counters *n = &c->port->counters;

	MLX5_SET64(query_vnic_env_out, c->out,
		   vport_env.nic_receive_steering_discard, n->no_rule);
	OUT(c, query_vnic_env, vport_env.invalid_command, n->bad_commands);
	OUT(c, query_vnic_env, vport_env.cq_overrun, n->cq_overruns);
	return 0;
}

static u8 query_wol(struct mlx5sim_cmd *c)
{
	OUT(c, query_wol_rol, wol_mode, 0);
	return 0;
}

const struct mlx5sim_cmd_def mlx5sim_vport_cmds[] = {
	MLX5SIM_CMD(QUERY_VPORT_STATE, query_vport_state, RUNNING, query_state),
	MLX5SIM_CMD(QUERY_NIC_VPORT_CONTEXT, query_nic_vport_context, RUNNING,
		    query_context),
	MLX5SIM_CMD(MODIFY_NIC_VPORT_CONTEXT, modify_nic_vport_context, RUNNING,
		    modify_context),
	MLX5SIM_CMD(QUERY_VPORT_COUNTER, query_vport_counter, RUNNING,
		    query_counter),
	MLX5SIM_CMD(QUERY_VNIC_ENV, query_vnic_env, RUNNING, query_env),
	MLX5SIM_CMD(QUERY_WOL_ROL, query_wol_rol, RUNNING, query_wol),
	{}
};
