// SPDX-License-Identifier: GPL-2.0-only
/* Flow steering on receive: from the root table to TIRs */

#include <linux/slab.h>

#include "mlx5sim.h"
#include "queue.h"

/* Something that steering depends on has changed */
void mlx5sim_flows_invalidate(struct mlx5sim_port *port)
{
	int i;

	for (i = 0; i < MLX5SIM_FLOW_CACHE; i++)
		port->flows[i].valid = false;
}

void mlx5sim_fte_free(struct mlx5sim_port *port, struct mlx5sim_fte *fte)
{
	u32 i;

	for (i = 0; i < fte->ndest; i++)
		fte->dest[i]->refs--;
	kfree(fte);
	mlx5sim_flows_invalidate(port);
}

static bool match(const u64 *value, const u64 *pkt, const u64 *mask)
{
	u64 diff = 0;
	int i;

	for (i = 0; i < MLX5SIM_MATCH_SIZE / 8; i++)
		diff |= (value[i] ^ pkt[i]) & mask[i];
	return !diff;
}

/* The entry that a packet hits, in order of the groups and their entries */
static struct mlx5sim_fte *lookup(struct mlx5sim_ft *ft, const u64 *pkt,
				  u64 *used)
{
	struct mlx5sim_fg *fg;
	int i;

	list_for_each_entry(fg, &ft->groups, list) {
		struct mlx5sim_fte *fte;
		unsigned long idx;

		if (fg->match)
			for (i = 0; i < MLX5SIM_MATCH_SIZE / 8; i++)
				used[i] |= fg->mask[i];
		xa_for_each(&fg->ftes, idx, fte)
			if (!fg->match || match(fte->value, pkt, fg->mask))
				return fte;
	}
	return NULL;
}

static void walk(struct mlx5sim_port *port, const u64 *pkt,
		 struct mlx5sim_flow *flow)
{
	struct mlx5sim_ft *todo[MLX5SIM_MAX_DEST] = { port->root };
	int n = port->root ? 1 : 0, visited = 0;
	u32 tag = 0;

	while (n && visited++ < MLX5SIM_MAX_LEVEL) {
		struct mlx5sim_ft *ft = todo[--n];
		struct mlx5sim_fte *fte = lookup(ft, pkt, flow->mask);
		u32 i;

		if (!fte) {
			if (ft->miss)
				todo[n++] = ft->miss;
			continue;
		}
		if (fte->action & MLX5_FLOW_CONTEXT_ACTION_DROP) {
			flow->dropped = true;
			continue;
		}
		if (fte->tag)
			tag = fte->tag;
		for (i = 0; i < fte->ndest; i++) {
			if (fte->dest[i]->type == MLX5SIM_FT) {
				if (n < MLX5SIM_MAX_DEST)
					todo[n++] = (void *)fte->dest[i];
			} else if (flow->n < MLX5SIM_MAX_DEST) {
				flow->to[flow->n].tir = (void *)fte->dest[i];
				flow->to[flow->n++].tag = tag;
			}
		}
	}
}

/**
 * mlx5sim_steer - where a packet goes
 * @port: the function
 * @pkt: the packet
 *
 * The tables are walked once for all packets that agree in the bits that were
 * looked at.
 *
 * Return: the TIRs that get it.
 */
const struct mlx5sim_flow *mlx5sim_steer(struct mlx5sim_port *port,
					 const struct mlx5sim_pkt *pkt)
{
	struct mlx5sim_flow *flow;
	int i;

	for (i = 0; i < MLX5SIM_FLOW_CACHE; i++) {
		flow = &port->flows[i];
		if (flow->valid && match(flow->value, pkt->match, flow->mask))
			return flow;
	}
	flow = &port->flows[port->next_flow++ % MLX5SIM_FLOW_CACHE];
	memset(flow, 0, sizeof(*flow));
	walk(port, pkt->match, flow);
	memcpy(flow->value, pkt->match, sizeof(flow->value));
	flow->valid = true;
	return flow;
}

/**
 * mlx5sim_rx - a frame has come in
 * @port: the function
 * @pkt: the frame
 * @wait: the caller can wait for a buffer: no drop is counted then
 *
 * Return: MLX5SIM_RX_DONE if a queue has got it; MLX5SIM_RX_WAIT, if @wait,
 * while a queue that is to get it has no buffer; else MLX5SIM_RX_DROP.
 */
enum mlx5sim_rx mlx5sim_rx(struct mlx5sim_port *port,
			   const struct mlx5sim_pkt *pkt, bool wait)
{
	const struct mlx5sim_flow *flow = mlx5sim_steer(port, pkt);
	enum mlx5sim_rx ret = MLX5SIM_RX_DROP;
	struct mlx5sim_rq *rq[MLX5SIM_MAX_DEST];
	u32 hash[MLX5SIM_MAX_DEST], i;
	u8 type[MLX5SIM_MAX_DEST];

	if (!flow->n) {
		if (flow->dropped)
			port->counters.rule_drops++;
		else
			port->counters.no_rule++;
		return MLX5SIM_RX_DROP;
	}
	for (i = 0; i < flow->n; i++) {
		rq[i] = mlx5sim_rss(flow->to[i].tir, pkt, &hash[i], &type[i]);
		if (wait && rq[i] && !mlx5sim_rq_room(rq[i], pkt->len))
			return MLX5SIM_RX_WAIT;
	}
	for (i = 0; i < flow->n; i++)
		if (rq[i] && mlx5sim_rq_deliver(port, rq[i], pkt, hash[i], type[i],
						flow->to[i].tag) == MLX5SIM_RX_DONE)
			ret = MLX5SIM_RX_DONE;
	return ret;
}
