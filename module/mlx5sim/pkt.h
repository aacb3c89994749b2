/* SPDX-License-Identifier: GPL-2.0-only */
/* A frame, what the parser makes of it, and offloads that work on it */
#ifndef MLX5SIM_PKT_H
#define MLX5SIM_PKT_H

#include <linux/types.h>
#include <net/checksum.h>

struct mlx5sim_port;

#define MLX5SIM_MATCH_SIZE	64

/**
 * struct mlx5sim_pkt - a frame and what the parser made of it
 * @data: from the Ethernet header, without FCS
 * @len: bytes
 * @stamp: the device's clock when it arrived, ns
 * @l3: offset of the L3 header, behind the tags
 * @l4: offset of the L4 header, 0 if there is none to be used
 * @ip: 4, 6 or 0
 * @proto: protocol of the L4 header
 * @tagged: there is a C-VLAN tag right behind the addresses
 * @tci: its value
 * @frag: a fragment
 * @match: in the form of fte_match_set_lyr_2_4
 */
struct mlx5sim_pkt {
	const u8 *data;
	u32 len;
	u64 stamp;
	u16 l3;
	u16 l4;
	u8 ip;
	u8 proto;
	bool tagged;
	u16 tci;
	bool frag;
	u64 match[MLX5SIM_MATCH_SIZE / 8];
};

/* How a receive queue took a frame */
enum mlx5sim_rx {
	MLX5SIM_RX_DONE,
	MLX5SIM_RX_DROP,
	MLX5SIM_RX_WAIT,	/* no buffer, and the caller can wait */
};

/* parse.c */
void mlx5sim_parse(struct mlx5sim_pkt *pkt, const u8 *data, u32 len);

/* offload.c */
u32 mlx5sim_push_vlan(u8 *frame, u32 len, u16 proto, u16 tci);
void mlx5sim_tx_csum(struct mlx5sim_pkt *pkt, u8 *frame, bool l3, bool l4);
int mlx5sim_lso(struct mlx5sim_port *port, const u8 *frame, u32 len, u16 hdr,
		u16 mss);
__wsum mlx5sim_rx_csum(const struct mlx5sim_pkt *pkt, u32 skip, u8 *ok);

#endif
