// SPDX-License-Identifier: GPL-2.0-only
/* Firmware: access registers of the port */

#include <linux/mlx5/port.h>
#include <linux/unaligned.h>

#include "cmd.h"

#define OP_WRITE	0	/* op_mod */

static u8 ptys(struct mlx5sim_port *port, void *reg, bool write)
{
	u32 admin = MLX5_GET(ptys_reg, reg, eth_proto_admin);

	if (write) {
		if (!admin || admin & ~mlx5sim_link_modes())
			return MLX5_CMD_STAT_BAD_PARAM_ERR;
		port->modes = admin;
		port->no_autoneg = MLX5_GET(ptys_reg, reg, an_disable_admin);
		mlx5sim_link_update(port);
	}
	MLX5_SET(ptys_reg, reg, proto_mask, MLX5_PTYS_EN);
	MLX5_SET(ptys_reg, reg, an_disable_cap, 1);
	MLX5_SET(ptys_reg, reg, an_disable_admin, port->no_autoneg);
	if (port->no_autoneg)
		MLX5_SET(ptys_reg, reg, an_status, MLX5_AN_UNAVAILABLE);
	else
		MLX5_SET(ptys_reg, reg, an_status,
			 port->link ? MLX5_AN_COMPLETE : MLX5_AN_FAILED);
	MLX5_SET(ptys_reg, reg, eth_proto_capability, mlx5sim_link_modes());
	MLX5_SET(ptys_reg, reg, eth_proto_admin, port->modes);
	MLX5_SET(ptys_reg, reg, eth_proto_oper, port->mode);
	if (port->link && !port->peer->no_autoneg)
		MLX5_SET(ptys_reg, reg, eth_proto_lp_advertise,
			 port->peer->modes);
	return 0;
}

static u8 pmtu(struct mlx5sim_port *port, void *reg, bool write)
{
	u16 mtu = MLX5_GET(pmtu_reg, reg, admin_mtu);

	if (write) {
		if (mtu > MLX5SIM_MAX_MTU)
			return MLX5_CMD_STAT_BAD_PARAM_ERR;
		port->mtu = mtu;
	}
	MLX5_SET(pmtu_reg, reg, max_mtu, MLX5SIM_MAX_MTU);
	MLX5_SET(pmtu_reg, reg, admin_mtu, port->mtu);
	MLX5_SET(pmtu_reg, reg, oper_mtu, port->mtu);
	return 0;
}

static u8 paos(struct mlx5sim_port *port, void *reg, bool write)
{
	if (write) {
		port->admin_up = MLX5_GET(paos_reg, reg, admin_status) ==
				 MLX5_PORT_UP;
		mlx5sim_link_update(port);
	}
	MLX5_SET(paos_reg, reg, admin_status,
		 port->admin_up ? MLX5_PORT_UP : MLX5_PORT_DOWN);
	MLX5_SET(paos_reg, reg, oper_status,
		 port->link ? MLX5_PORT_UP : MLX5_PORT_DOWN);
	return 0;
}

/* There are no pause frames on this wire; the settings are kept, that is all */
static u8 pfcc(struct mlx5sim_port *port, void *reg, bool write)
{
	if (write)
		port->pfcc = MLX5_GET(pfcc_reg, reg, pptx) |
			     MLX5_GET(pfcc_reg, reg, pprx) << 1;
	MLX5_SET(pfcc_reg, reg, pptx, port->pfcc & 1);
	MLX5_SET(pfcc_reg, reg, pprx, port->pfcc >> 1 & 1);
	return 0;
}

/* Why there is no link: in the driver's words, "no cable", "no partner detected" */
#define PDDR_CLOSED_BY_COMMAND	1
#define PDDR_NO_PARTNER		2
#define PDDR_UNPLUGGED		1024

static u8 pddr(struct mlx5sim_port *port, void *reg, bool write)
{
	void *page = MLX5_ADDR_OF(pddr_reg, reg,
				  page_data.pddr_troubleshooting_page);
	u32 why = 0;

	if (write || MLX5_GET(pddr_reg, reg, page_select) !=
		     MLX5_PDDR_REG_PAGE_SELECT_TROUBLESHOOTING_INFO_PAGE)
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	if (!port->admin_up)
		why = PDDR_CLOSED_BY_COMMAND;
	else if (!port->wire.cable || !port->peer->wire.cable)
		why = PDDR_UNPLUGGED;
	else if (!port->link)
		why = PDDR_NO_PARTNER;
	MLX5_SET(pddr_troubleshooting_page, page, status_opcode, why);
	return 0;
}

/* Four lanes to a cable without a module's memory */
static u8 pmlp(struct mlx5sim_port *port, void *reg, bool write)
{
	if (write)
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	MLX5_SET(pmlp_reg, reg, width, 4);
	return 0;
}

#define MCIA_NO_EEPROM	1

static u8 mcia(struct mlx5sim_port *port, void *reg, bool write)
{
	MLX5_SET(mcia_reg, reg, status, MCIA_NO_EEPROM);
	return 0;
}

static u8 host_endianness(struct mlx5sim_port *port, void *reg, bool write)
{
	return 0;
}

/* A 64-bit counter of group @grp: its upper half lies first */
#define PUT(grp, field, v)						\
	put_unaligned_be64(v, MLX5_ADDR_OF(ppcnt_reg, reg,		\
					   counter_set.grp.field##_high))

#define P802(field, v)	PUT(eth_802_3_cntrs_grp_data_layout, field, v)
#define P2863(field, v)	PUT(eth_2863_cntrs_grp_data_layout, field, v)
#define P2819(field, v)	PUT(eth_2819_cntrs_grp_data_layout, field, v)
#define PPRIO(field, v)	PUT(eth_per_prio_grp_data_layout, field, v)

static u64 frames(const struct mlx5sim_traffic *t)
{
	return t->unicast + t->multicast + t->broadcast;
}

/* Octets of the wire have the FCS among them */
static u64 octets(const struct mlx5sim_traffic *t)
{
	return t->unicast_bytes + t->multicast_bytes + t->broadcast_bytes +
	       frames(t) * ETH_FCS_LEN;
}

static void group_802_3(const struct mlx5sim_counters *c, void *reg)
{
	P802(a_frames_transmitted_ok, frames(&c->tx));
	P802(a_frames_received_ok, frames(&c->rx));
	P802(a_octets_transmitted_ok, octets(&c->tx));
	P802(a_octets_received_ok, octets(&c->rx));
	P802(a_multicast_frames_xmitted_ok, c->tx.multicast);
	P802(a_broadcast_frames_xmitted_ok, c->tx.broadcast);
	P802(a_multicast_frames_received_ok, c->rx.multicast);
	P802(a_broadcast_frames_received_ok, c->rx.broadcast);
	P802(a_frame_too_long_errors, c->oversize);
}

static void group_2863(const struct mlx5sim_counters *c, void *reg)
{
	P2863(if_in_octets, octets(&c->rx));
	P2863(if_in_ucast_pkts, c->rx.unicast);
	P2863(if_in_multicast_pkts, c->rx.multicast);
	P2863(if_in_broadcast_pkts, c->rx.broadcast);
	P2863(if_in_errors, c->oversize);
	P2863(if_out_octets, octets(&c->tx));
	P2863(if_out_ucast_pkts, c->tx.unicast);
	P2863(if_out_multicast_pkts, c->tx.multicast);
	P2863(if_out_broadcast_pkts, c->tx.broadcast);
}

static void group_2819(const struct mlx5sim_counters *c, void *reg)
{
	P2819(ether_stats_octets, octets(&c->rx));
	P2819(ether_stats_pkts, frames(&c->rx));
	P2819(ether_stats_broadcast_pkts, c->rx.broadcast);
	P2819(ether_stats_multicast_pkts, c->rx.multicast);
	P2819(ether_stats_oversize_pkts, c->oversize);
	P2819(ether_stats_pkts64octets, c->rx_sizes[0]);
	P2819(ether_stats_pkts65to127octets, c->rx_sizes[1]);
	P2819(ether_stats_pkts128to255octets, c->rx_sizes[2]);
	P2819(ether_stats_pkts256to511octets, c->rx_sizes[3]);
	P2819(ether_stats_pkts512to1023octets, c->rx_sizes[4]);
	P2819(ether_stats_pkts1024to1518octets, c->rx_sizes[5]);
	P2819(ether_stats_pkts1519to2047octets, c->rx_sizes[6]);
	P2819(ether_stats_pkts2048to4095octets, c->rx_sizes[7]);
	P2819(ether_stats_pkts4096to8191octets, c->rx_sizes[8]);
	P2819(ether_stats_pkts8192to10239octets, c->rx_sizes[9]);
}

static void group_prio(const struct mlx5sim_counters *c, void *reg)
{
	u8 prio = MLX5_GET(ppcnt_reg, reg, prio_tc) & 7;

	PPRIO(rx_frames, c->rx_prio[prio]);
	PPRIO(rx_octets, c->rx_prio_bytes[prio] +
	      c->rx_prio[prio] * ETH_FCS_LEN);
	PPRIO(tx_frames, c->tx_prio[prio]);
	PPRIO(tx_octets, c->tx_prio_bytes[prio] +
	      c->tx_prio[prio] * ETH_FCS_LEN);
}

static u8 ppcnt(struct mlx5sim_port *port, void *reg, bool write)
{
	const struct mlx5sim_counters *c = &port->counters;

	if (write)
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	switch (MLX5_GET(ppcnt_reg, reg, grp)) {
	case MLX5_IEEE_802_3_COUNTERS_GROUP:
		group_802_3(c, reg);
		return 0;
	case MLX5_RFC_2863_COUNTERS_GROUP:
		group_2863(c, reg);
		return 0;
	case MLX5_RFC_2819_COUNTERS_GROUP:
		group_2819(c, reg);
		return 0;
	case MLX5_PER_PRIORITY_COUNTERS_GROUP:
		group_prio(c, reg);
		return 0;
	case MLX5_PHYSICAL_LAYER_COUNTERS_GROUP:
		MLX5_SET(ppcnt_reg, reg,
			 counter_set.phys_layer_cntrs.link_down_events,
			 c->link_downs);
		return 0;
	/* nothing of these happens on this wire */
	case MLX5_RFC_3635_COUNTERS_GROUP:
	case MLX5_ETHERNET_EXTENDED_COUNTERS_GROUP:
	case MLX5_PER_TRAFFIC_CLASS_COUNTERS_GROUP:
		return 0;
	default:
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	}
}

static const struct {
	u16 id;
	u16 len;
	u8 (*fn)(struct mlx5sim_port *port, void *reg, bool write);
} regs[] = {
	{ MLX5_REG_PTYS, MLX5_ST_SZ_BYTES(ptys_reg), ptys },
	{ MLX5_REG_PMTU, MLX5_ST_SZ_BYTES(pmtu_reg), pmtu },
	{ MLX5_REG_PAOS, MLX5_ST_SZ_BYTES(paos_reg), paos },
	{ MLX5_REG_PFCC, MLX5_ST_SZ_BYTES(pfcc_reg), pfcc },
	{ MLX5_REG_PMLP, MLX5_ST_SZ_BYTES(pmlp_reg), pmlp },
	{ MLX5_REG_MCIA, MLX5_ST_SZ_BYTES(mcia_reg), mcia },
	{ MLX5_REG_PDDR, MLX5_ST_SZ_BYTES(pddr_reg), pddr },
	{ MLX5_REG_PPCNT, MLX5_ST_SZ_BYTES(ppcnt_reg), ppcnt },
	{ MLX5_REG_HOST_ENDIANNESS,
	  MLX5_ST_SZ_BYTES(register_host_endianness), host_endianness },
};

static u8 access_reg(struct mlx5sim_cmd *c)
{
	void *out = MLX5_ADDR_OF(access_register_out, c->out, register_data);
	void *in = MLX5_ADDR_OF(access_register_in, c->in, register_data);
	u32 len = min(c->inlen - MLX5_ST_SZ_BYTES(access_register_in),
		      c->outlen - MLX5_ST_SZ_BYTES(access_register_out));
	u16 id = IN(c, access_register, register_id);
	int i;

	for (i = 0; i < ARRAY_SIZE(regs); i++) {
		if (regs[i].id != id)
			continue;
		if (len < regs[i].len)
			return MLX5_CMD_STAT_BAD_INP_LEN_ERR;
		/* a register keeps what the driver says it is about */
		memcpy(out, in, len);
		return regs[i].fn(c->port, out, c->op_mod == OP_WRITE);
	}
	mlx5sim_log(c->port, "register 0x%x is not there\n", id);
	return MLX5_CMD_STAT_BAD_PARAM_ERR;
}

const struct mlx5sim_cmd_def mlx5sim_reg_cmds[] = {
	{
		.op = MLX5_CMD_OP_ACCESS_REG,
		.name = "ACCESS_REG",
		.inlen = MLX5_ST_SZ_BYTES(access_register_in),
		.outlen = MLX5_ST_SZ_BYTES(access_register_out),
		.state = MLX5SIM_ENABLED,
		.fn = access_reg,
	},
	{}
};
