// SPDX-License-Identifier: GPL-2.0-only
/* The way of a frame from port to port, and what can happen to it there */

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "account.h"
#include "mlx5sim.h"
#include "sink.h"

#define MAX_QUEUED	4096	/* frames under way on a slow link */

struct queued {
	struct list_head list;
	u64 due;
	u32 len;
	u8 data[];
};

void mlx5sim_wire_init(struct mlx5sim_port *port)
{
	INIT_LIST_HEAD(&port->wire.queue);
}

void mlx5sim_wire_exit(struct mlx5sim_port *port)
{
	struct queued *q, *next;

	list_for_each_entry_safe(q, next, &port->wire.queue, list)
		kfree(q);
	INIT_LIST_HEAD(&port->wire.queue);
	port->wire.queued = 0;
}

static void count(struct mlx5sim_traffic *t, const u8 *data, u32 len)
{
	if (likely(!(data[0] & 1))) {
		t->unicast++;
		t->unicast_bytes += len;
	} else if (is_broadcast_ether_addr(data)) {
		t->broadcast++;
		t->broadcast_bytes += len;
	} else {
		t->multicast++;
		t->multicast_bytes += len;
	}
}

/* RFC 2819's classes: 64, 65-127, ..., 8192-10239 octets with FCS */
static void count_size(struct mlx5sim_port *port, u32 len)
{
	static const u16 upper[] = { 64, 127, 255, 511, 1023, 1518, 2047, 4095,
				     8191 };
	int i;

	static_assert(ARRAY_SIZE(upper) + 1 == MLX5SIM_SIZES);
	for (i = 0; i < ARRAY_SIZE(upper) && len + ETH_FCS_LEN > upper[i]; i++)
		;
	port->counters.rx_sizes[i]++;
}

/* Of a tag; a frame may end where its tag would be */
static u8 prio_of(const u8 *data, u32 len)
{
	return len >= VLAN_ETH_HLEN && data[12] == 0x81 && data[13] == 0 ?
	       data[14] >> 5 : 0;
}

/* Whether there is a way into the port for so many bytes */
static bool may_enter(struct mlx5sim_port *port, u32 len)
{
	if (unlikely(!port->link)) {
		port->counters.no_link++;
		return false;
	}
	if (unlikely(len + ETH_FCS_LEN > port->mtu)) {
		port->counters.oversize++;
		return false;
	}
	return true;
}

static void count_rx(struct mlx5sim_port *port, const u8 *data, u32 len)
{
	struct mlx5sim_counters *c = &port->counters;
	u8 prio = prio_of(data, len);

	count(&c->rx, data, len);
	count_size(port, len);
	c->rx_prio[prio]++;
	c->rx_prio_bytes[prio] += len;
}

/**
 * mlx5sim_wire_rx - a frame arrives at a port
 * @port: the port
 * @data: the frame, without FCS
 * @len: bytes
 * @wait: the caller can wait for a buffer
 *
 * Return: as mlx5sim_rx().
 */
enum mlx5sim_rx mlx5sim_wire_rx(struct mlx5sim_port *port, const u8 *data,
				u32 len, bool wait)
{
	struct mlx5sim_stamp before = port->last_stamp;
	struct mlx5sim_pkt pkt;
	enum mlx5sim_rx ret;

	if (!may_enter(port, len))
		return MLX5SIM_RX_DROP;
	mlx5sim_parse(&pkt, data, len);
	pkt.stamp = mlx5sim_stamp(port, len);
	ret = mlx5sim_rx(port, &pkt, wait);
	if (ret == MLX5SIM_RX_WAIT) {
		port->last_stamp = before;
		return ret;
	}
	count_rx(port, data, len);
	return ret;
}

/* A frame is at its end of the wire */
static void deliver(struct mlx5sim_port *port, const u8 *data, u32 len)
{
	struct mlx5sim_sink *sink = mlx5sim_sink_on(port);

	if (likely(!sink)) {
		mlx5sim_wire_rx(port, data, len, false);
		return;
	}
	if (!may_enter(port, len))
		return;
	mlx5sim_sink_rx(sink, data, len);
	count_rx(port, data, len);
}

static bool chance(u32 ppm)
{
	return ppm && get_random_u32_below(1000000) < ppm;
}

static void arrive_once(struct mlx5sim_port *port, const u8 *data, u32 len)
{
	struct mlx5sim_wire *wire = &port->wire;
	struct queued *q;

	if (!wire->delay_us && list_empty(&wire->queue)) {
		deliver(port, data, len);
		return;
	}
	/* softirqs are off */
	q = wire->queued < MAX_QUEUED ? kmalloc(struct_size(q, data, len),
						GFP_ATOMIC) : NULL;
	if (!q) {
		wire->dropped++;
		return;
	}
	q->due = ktime_get_ns() + wire->delay_us * NSEC_PER_USEC;
	q->len = len;
	memcpy(q->data, data, len);
	list_add_tail(&q->list, &wire->queue);
	wire->queued++;
	wire->delayed++;
}

/* A frame has crossed the link to @port, if it does */
static void arrive(struct mlx5sim_port *port, const u8 *data, u32 len)
{
	struct mlx5sim_wire *wire = &port->wire;

	if (chance(wire->drop_ppm)) {
		wire->dropped++;
		return;
	}
	if (chance(wire->corrupt_ppm) && len > ETH_HLEN) {
		/* behind what the MAC checks: @data is the engine's own copy */
		((u8 *)data)[ETH_HLEN + get_random_u32_below(len - ETH_HLEN)] ^=
			1 << get_random_u32_below(8);
		wire->corrupted++;
	}
	if (chance(wire->dup_ppm)) {
		wire->duplicated++;
		arrive_once(port, data, len);
	}
	arrive_once(port, data, len);
}

/* Frames to a function's own address come back in it, if that is allowed */
static bool loops_back(struct mlx5sim_port *port, const u8 *data)
{
	if (data[0] & 1)
		return port->mc_loopback;
	return port->uc_loopback && ether_addr_equal_unaligned(data, port->mac);
}

/**
 * mlx5sim_transmit - a port sends a frame
 * @port: the port
 * @data: the frame, without FCS, in memory of the engine's
 * @len: bytes
 */
void mlx5sim_transmit(struct mlx5sim_port *port, const u8 *data, u32 len)
{
	struct mlx5sim_counters *c = &port->counters;
	struct mlx5sim_pkt pkt;
	u8 prio;

	if (unlikely(loops_back(port, data))) {
		count(&c->local, data, len);
		mlx5sim_parse(&pkt, data, len);
		pkt.stamp = mlx5sim_clock(port);
		mlx5sim_rx(port, &pkt, false);
		if (!(data[0] & 1))
			return;
	}
	prio = prio_of(data, len);
	count(&c->tx, data, len);
	c->tx_prio[prio]++;
	c->tx_prio_bytes[prio] += len;
	arrive(port->peer, data, len);
}

/* Frames whose time has come */
bool mlx5sim_wire_poll(struct mlx5sim_port *port)
{
	struct mlx5sim_wire *wire = &port->wire;
	struct queued *q;
	u32 n = 0;
	u64 now;

	if (list_empty(&wire->queue))
		return false;
	mlx5sim_work(MLX5SIM_FRAMES);
	now = ktime_get_ns();
	while (n < MLX5SIM_BURST) {
		q = list_first_entry_or_null(&wire->queue, struct queued, list);
		if (!q || q->due > now)
			break;
		list_del(&q->list);
		wire->queued--;
		deliver(port, q->data, q->len);
		kfree(q);
		n++;
	}
	mlx5sim_work_done(MLX5SIM_FRAMES, n);
	mlx5sim_work(MLX5SIM_LOOP);
	return n;
}

/* ns until the next one's */
s64 mlx5sim_wire_due(struct mlx5sim_port *port)
{
	struct queued *q = list_first_entry_or_null(&port->wire.queue,
						    struct queued, list);

	return q ? (s64)(q->due - ktime_get_ns()) : NSEC_PER_SEC;
}
