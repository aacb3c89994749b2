/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A software ConnectX-6 Dx: PCI functions to which the kernel's own mlx5_core
 * binds. One kthread, the engine, owns all state of the device: it executes
 * commands, walks queues, moves packets and raises interrupts. MMIO handlers
 * only wake it, and whoever else wants something has it call a function
 * (mlx5sim_call()), so there is no lock on the packet's way.
 *
 * Doorbells are taken from the doorbell records in host memory, and writes to
 * the BAR only say that there is something to look at. So one engine serves
 * trapped MMIO (UML) and a BAR in RAM that is polled (x86-64).
 */
#ifndef MLX5SIM_H
#define MLX5SIM_H

#include <linux/if_ether.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/mlx5/cq.h>
#include <linux/mlx5/device.h>
#include <linux/mlx5/mlx5_ifc.h>
#include <linux/pci.h>
#include <linux/smp.h>
#include <linux/types.h>
#include <linux/xarray.h>

#define MLX5SIM_MAX_PORTS	4
#define MLX5SIM_BAR_SIZE	SZ_1M
#define MLX5SIM_BARS_SIZE	(MLX5SIM_MAX_PORTS * MLX5SIM_BAR_SIZE)
#define MLX5SIM_MSIX_TABLE	0x8000
#define MLX5SIM_MSIX_PBA	0x9000
#define MLX5SIM_MSIX_VECS	32
#define MLX5SIM_UAR_FIRST	16	/* page of the BAR */
#define MLX5SIM_CMDQ_LOG_SIZE	5
#define MLX5SIM_CMDQ_LOG_STRIDE	6
#define MLX5SIM_MAX_MTU		10240
#define MLX5SIM_MAX_FRAME	(SZ_512K + SZ_1K)	/* as gathered for LSO */
#define MLX5SIM_COMP_MAX	32	/* packets in a compression session */
#define MLX5SIM_BURST		64	/* WQEs or frames in one go */
#define MLX5SIM_MAX_DEST	8
#define MLX5SIM_MAX_LEVEL	128	/* of flow tables: no packet visits more */
#define MLX5SIM_MATCH_SIZE	64
#define MLX5SIM_FLOW_CACHE	4
#define MLX5SIM_SIZES		10

/* log2 of the most entries, and of the bytes in an RQ's entry, see caps.c */
#define MLX5SIM_LOG_MAX_EQ	18
#define MLX5SIM_LOG_MAX_CQ	20
#define MLX5SIM_LOG_MAX_WQ	16
#define MLX5SIM_LOG_MAX_RQT	11
#define MLX5SIM_LOG_MIN_STRIDE	4
#define MLX5SIM_LOG_MAX_STRIDE	10

/* Of a byte on the wire, in 2^-32 ns */
#define MLX5SIM_BYTE_TIME(mbps)	((8000ULL << 32) / (mbps))

/* What the model's time goes into, see account.c */
enum mlx5sim_work {
	MLX5SIM_OUTSIDE,	/* none of it: the engine sleeps, or the driver runs */
	MLX5SIM_LOOP,		/* looking for work */
	MLX5SIM_FRAMES,		/* frames that arrive: made, steered, copied, completed */
	MLX5SIM_EVENTS,		/* a burst ends: compressed CQEs, EQEs, interrupts */
	MLX5SIM_UMR,		/* WQEs of the driver's ICOSQs */
	MLX5SIM_SEND,		/* of other send queues, with the frame's arrival */
	MLX5SIM_COMMANDS,
	MLX5SIM_REQUESTS,	/* of debugfs files */
	MLX5SIM_DRIVER,		/* from here on: within the driver */
	MLX5SIM_MMIO = MLX5SIM_DRIVER,
	MLX5SIM_MAPPING,	/* the account of DMA mappings */
	MLX5SIM_WORKS,
};

enum mlx5sim_type {
	MLX5SIM_UAR,
	MLX5SIM_PD,
	MLX5SIM_TD,
	MLX5SIM_MKEY,
	MLX5SIM_Q_COUNTER,
	MLX5SIM_EQ,
	MLX5SIM_CQ,
	MLX5SIM_SQ,
	MLX5SIM_RQ,
	MLX5SIM_TIS,
	MLX5SIM_TIR,
	MLX5SIM_RQT,
	MLX5SIM_FT,
	MLX5SIM_FG,
	MLX5SIM_TYPES,
};

/*
 * @refs: other objects that need this one
 * @home: the PD, transport domain or UAR that it belongs to
 */
struct mlx5sim_obj {
	u32 id;
	u32 refs;
	u8 type;
	struct mlx5sim_obj *home;
};

/* A ring of the host's, in pages; checked and resolved when it is created */
struct mlx5sim_ring {
	u8 log_stride;
	u8 log_size;
	u8 log_page;
	u32 npages;
	void **pages;
	struct mlx5sim_port *port;
};

struct mlx5sim_eq {
	struct mlx5sim_obj o;
	struct mlx5sim_ring ring;
	u32 pi;
	u16 vec;
	u64 mask[4];
};

struct mlx5sim_cq {
	struct mlx5sim_obj o;
	struct mlx5sim_ring ring;
	struct list_head list;
	struct mlx5sim_eq *eq;
	__be32 *dbr;
	u32 pi;
	u8 arm_sn;
	bool compress;
	bool overrun;
	u32 npend;
	struct mlx5_cqe64 pend[MLX5SIM_COMP_MAX];
	u64 cqes;
	u64 compressed;
	u64 events;
};

struct mlx5sim_sq {
	struct mlx5sim_obj o;
	struct mlx5sim_ring ring;
	struct list_head list;
	struct mlx5sim_cq *cq;
	struct mlx5sim_obj *tis;
	__be32 *dbr;
	u16 cc;
	u8 state;
	u8 fault;	/* syndrome that the next WQE fails with, at a test's wish */
	bool flush;
	bool umr;
	bool internal;	/* the driver's ICOSQ: it sends no packets */
	u64 packets;
	u64 errors;
};

struct mlx5sim_q_counter {
	struct mlx5sim_obj o;
	u32 out_of_buffer;
	u32 cq_overflow;
	u32 length_errors;
	u32 protection_errors;
	u32 flush_errors;
};

struct mlx5sim_rq {
	struct mlx5sim_obj o;
	struct mlx5sim_ring ring;
	struct mlx5sim_cq *cq;
	struct mlx5sim_q_counter *counter;
	__be32 *dbr;
	u16 cc;
	u8 state;
	u8 fault;	/* likewise the next frame */
	bool flush;
	bool strip_vlan;
	bool striding;
	u8 log_strides;
	u8 log_stride_size;
	u16 cur;	/* striding: index of the WQE in use */
	u16 stride;	/* striding: its next stride */
	u64 packets;
	u64 no_buffer;
	u64 errors;
};

struct mlx5sim_klm {
	u32 bytes;
	u32 key;
	u64 va;
	u64 start;	/* KLM: where the entry begins in the key's space */
};

struct mlx5sim_mkey {
	struct mlx5sim_obj o;
	u8 mode;
	u8 low;		/* bits 7:0 of the key */
	bool read;
	bool write;
	bool umr;
	u8 log_page;
	u64 start;
	u64 len;
	u32 n;
	union {
		u64 *mtt;
		struct mlx5sim_klm *klm;
	};
};

struct mlx5sim_toeplitz;

struct mlx5sim_rqt {
	struct mlx5sim_obj o;
	u32 max;
	u32 n;
	struct mlx5sim_rq **rq;
};

struct mlx5sim_tir {
	struct mlx5sim_obj o;
	struct mlx5sim_rq *rq;		/* direct */
	struct mlx5sim_rqt *rqt;	/* indirect */
	u8 hash_fn;
	bool symmetric;
	u8 l3;
	u8 l4;
	u32 fields;
	struct mlx5sim_toeplitz *toeplitz;
};

struct mlx5sim_ft {
	struct mlx5sim_obj o;
	u8 type;
	u8 level;
	u8 log_size;
	u8 miss_action;
	struct mlx5sim_ft *miss;
	struct list_head groups;
};

struct mlx5sim_fg {
	struct mlx5sim_obj o;
	struct list_head list;
	struct mlx5sim_ft *ft;
	u32 first;
	u32 last;
	bool match;
	u64 mask[MLX5SIM_MATCH_SIZE / 8];
	struct xarray ftes;
};

struct mlx5sim_fte {
	struct mlx5sim_fg *fg;
	u32 action;
	u32 tag;
	u64 value[MLX5SIM_MATCH_SIZE / 8];
	u32 ndest;
	struct mlx5sim_obj *dest[MLX5SIM_MAX_DEST];
};

/* What a packet's steering was, and by which bits of it */
struct mlx5sim_flow {
	u64 mask[MLX5SIM_MATCH_SIZE / 8];
	u64 value[MLX5SIM_MATCH_SIZE / 8];
	bool valid;
	bool dropped;	/* by an entry */
	u8 n;
	struct {
		struct mlx5sim_tir *tir;
		u32 tag;
	} to[MLX5SIM_MAX_DEST];
};

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

struct mlx5sim_traffic {
	u64 unicast;
	u64 unicast_bytes;
	u64 multicast;
	u64 multicast_bytes;
	u64 broadcast;
	u64 broadcast_bytes;
};

struct mlx5sim_counters {
	struct mlx5sim_traffic rx;
	struct mlx5sim_traffic tx;
	struct mlx5sim_traffic local;	/* looped back inside the function */
	u64 rx_sizes[MLX5SIM_SIZES];	/* RFC 2819, by octets with FCS */
	u64 rx_prio[8];
	u64 rx_prio_bytes[8];
	u64 tx_prio[8];
	u64 tx_prio_bytes[8];
	u64 oversize;
	u64 no_link;
	u64 no_rule;
	u64 rule_drops;
	u64 no_buffer;
	u64 tx_errors;
	u64 link_downs;
	u64 commands;
	u64 bad_commands;
	u64 unknown_commands;
	u64 leaked;
	u64 dma_faults;
	u64 interrupts;
	u64 cq_overruns;
};

struct mlx5sim_wire {
	bool cable;
	u32 drop_ppm;
	u32 dup_ppm;
	u32 corrupt_ppm;
	u32 delay_us;
	u64 dropped;
	u64 duplicated;
	u64 corrupted;
	u64 delayed;
	struct list_head queue;
	u32 queued;
};

struct mlx5sim_irq {
	struct irq_work work;
	call_single_data_t csd;
	struct mlx5sim_port *port;
	u16 vec;
};

struct mlx5sim_gen;
struct mlx5sim_dma;

/* A time on the wire, where a frame need not take whole ns */
struct mlx5sim_stamp {
	u64 ns;
	u32 part;	/* of the next, in 2^-32 ns */
};

enum mlx5sim_state {
	MLX5SIM_DISABLED,
	MLX5SIM_ENABLED,	/* ENABLE_HCA */
	MLX5SIM_RUNNING,	/* INIT_HCA */
};

struct mlx5sim_port {
	int idx;
	struct mlx5sim_port *peer;
	enum mlx5sim_state state;

	/* PCI */
	u8 config[256];
	u8 *bar;
	unsigned long pending[BITS_TO_LONGS(MLX5SIM_MSIX_VECS)];
	struct mlx5sim_irq irqs[MLX5SIM_MSIX_VECS];
	struct mlx5sim_dma *dma;

	/* commands */
	u64 cmdq;
	bool cmd_events;
	u32 cmd_hidden;			/* handed over, no ring seen */
	unsigned long cmd_hidden_until;	/* jiffies */
	u8 caps[MLX5_ST_SZ_BYTES(cmd_hca_cap)];
	struct xarray objs[MLX5SIM_TYPES];
	u32 next_id[MLX5SIM_TYPES];
	struct list_head sqs;	/* in state RDY or ERR */
	struct list_head cqs;

	/* port and vport */
	u8 mac[ETH_ALEN];
	u16 mtu;
	u16 vport_mtu;
	bool admin_up;
	bool link;
	bool no_autoneg;
	u32 modes;	/* BIT(MLX5E_*) that it may use */
	u32 mode;	/* and the one in use; 0 without a link */
	u64 byte_time;	/* see clock.c */
	bool uc_loopback;
	bool mc_loopback;
	u8 promisc;
	u32 pfcc;

	/* receive steering */
	struct mlx5sim_ft *root;
	struct mlx5sim_flow flows[MLX5SIM_FLOW_CACHE];
	u32 next_flow;

	s64 clock_offset;
	u64 clock_frozen;	/* 0: it runs */
	struct mlx5sim_stamp last_stamp;
	bool in_burst;		/* the clock has been read for it */

	struct mlx5sim_wire wire;
	struct mlx5sim_gen *gen;
	struct mlx5sim_counters counters;
};

extern struct mlx5sim_port *mlx5sim_ports[MLX5SIM_MAX_PORTS];
extern unsigned int mlx5sim_nports;
extern bool mlx5sim_striding;
extern bool mlx5sim_compression;
extern bool mlx5sim_mpw;
extern bool mlx5sim_verbose;

#define mlx5sim_log(port, fmt, ...) \
	pr_info_ratelimited("mlx5sim%d: " fmt, (port)->idx, ##__VA_ARGS__)

/* main.c */
void mlx5sim_kick(void);
void mlx5sim_start(void);
int mlx5sim_call(int (*fn)(void *arg), void *arg);

/* account.c */
struct seq_file;
enum mlx5sim_work mlx5sim_work(enum mlx5sim_work to);
void mlx5sim_work_done(enum mlx5sim_work work, u64 n);
u64 mlx5sim_work_ticks(void);
u64 mlx5sim_mmio_begin(unsigned long *flags);
void mlx5sim_mmio_end(unsigned long flags, u64 begin);
u64 mlx5sim_mapping_begin(void);
void mlx5sim_mapping_end(u64 begin);
void mlx5sim_account_reset(void);
void mlx5sim_account_show(struct seq_file *s);
void mlx5sim_account_init(void);

/* pci.c */
int mlx5sim_pci_init(void);
int mlx5sim_pci_scan(void);
void mlx5sim_pci_remove(void);
void mlx5sim_pci_exit(void);
u64 mlx5sim_bar_addr(const struct mlx5sim_port *port);
bool mlx5sim_msix_enabled(const struct mlx5sim_port *port);

/* msix.c */
int mlx5sim_msix_init(struct device *bridge);
void mlx5sim_msix_exit(void);
void mlx5sim_irq(struct mlx5sim_port *port, u16 vec);
void mlx5sim_irq_retry(struct mlx5sim_port *port);

/* bar.c, and bar_um.c or bar_x86.c */
extern const bool mlx5sim_bar_polled;
int mlx5sim_bar_init(struct resource *window);
void mlx5sim_bar_exit(void);
void mlx5sim_bar_tick(struct mlx5sim_port *port);
void mlx5sim_bar_reset(struct mlx5sim_port *port);
void mlx5sim_bar_fix(struct mlx5sim_port *port);

/* clock.c */
u64 mlx5sim_clock(const struct mlx5sim_port *port);
u64 mlx5sim_stamp(struct mlx5sim_port *port, u32 len);

/* dma.c, ring.c */
int mlx5sim_dma_init(struct mlx5sim_port *port);
void mlx5sim_dma_exit(struct mlx5sim_port *port);
void mlx5sim_dma_attach(struct device *dev);
bool mlx5sim_dma_tracked(void);
void *mlx5sim_dma_ptr(struct mlx5sim_port *port, u64 addr, u32 len, bool write);
void mlx5sim_dma_pin(struct mlx5sim_port *port, const void *page, int n);
u64 mlx5sim_dma_pages(struct mlx5sim_port *port);
int mlx5sim_dma_fail_get(struct mlx5sim_port *port);
void mlx5sim_dma_fail_set(struct mlx5sim_port *port, int nth);
int mlx5sim_ring_init(struct mlx5sim_port *port, struct mlx5sim_ring *ring,
		      u8 log_stride, u8 log_size, u8 log_page,
		      const __be64 *pas, u32 npas);
void mlx5sim_ring_exit(struct mlx5sim_ring *ring);

static inline void *mlx5sim_ring_at(const struct mlx5sim_ring *ring, u32 off)
{
	return ring->pages[off >> ring->log_page] +
	       (off & (BIT(ring->log_page) - 1));
}

/* Entry @i of a ring, counted without end */
static inline void *mlx5sim_ring_entry(const struct mlx5sim_ring *ring, u32 i)
{
	i &= BIT(ring->log_size) - 1;
	return mlx5sim_ring_at(ring, i << ring->log_stride);
}

/* obj.c */
void mlx5sim_objs_init(struct mlx5sim_port *port);
void *mlx5sim_obj_new(struct mlx5sim_port *port, enum mlx5sim_type type,
		      size_t size);
void *mlx5sim_obj_get(struct mlx5sim_port *port, enum mlx5sim_type type,
		      u32 id);
u8 mlx5sim_obj_destroy(struct mlx5sim_port *port, enum mlx5sim_type type,
		       u32 id);
void mlx5sim_obj_belongs(struct mlx5sim_obj *obj, struct mlx5sim_obj *home);
void mlx5sim_obj_drop(struct mlx5sim_port *port, struct mlx5sim_obj *obj);
void mlx5sim_objs_release(struct mlx5sim_port *port, bool report);
const char *mlx5sim_type_name(enum mlx5sim_type type);

/* cmd.c */
void mlx5sim_cmd_poll(struct mlx5sim_port *port);
void mlx5sim_cmd_init(void);
void mlx5sim_cmd_show(struct seq_file *s);

/* eq.c, cq.c */
void mlx5sim_eqe(struct mlx5sim_port *port, struct mlx5sim_eq *eq, u8 type,
		 u8 sub_type, const void *data, u32 len);
void mlx5sim_event(struct mlx5sim_port *port, u8 type, u8 sub_type,
		   const void *data, u32 len);
void mlx5sim_cqe(struct mlx5sim_port *port, struct mlx5sim_cq *cq,
		 const struct mlx5_cqe64 *cqe, u8 opcode);
void mlx5sim_cqe_rx(struct mlx5sim_port *port, struct mlx5sim_cq *cq,
		    const struct mlx5_cqe64 *cqe, bool filler);
void mlx5sim_cqe_error(struct mlx5sim_port *port, struct mlx5sim_cq *cq,
		       u8 opcode, u8 syndrome, u32 qpn, u16 counter,
		       u16 wqe_id);
void mlx5sim_cq_flush(struct mlx5sim_port *port);

/* mkey.c */
int mlx5sim_mkey_copy(struct mlx5sim_port *port, u32 key, u64 va, void *buf,
		      u32 len, bool write);
int mlx5sim_mkey_load(struct mlx5sim_mkey *mkey, u32 first, u32 n,
		      const void *entries);
int mlx5sim_umr(struct mlx5sim_port *port, const u8 *wqe, u32 ds);

/* sq.c, offload.c */
bool mlx5sim_sq_poll(struct mlx5sim_port *port);
u32 mlx5sim_push_vlan(u8 *frame, u32 len, u16 proto, u16 tci);
void mlx5sim_tx_csum(struct mlx5sim_pkt *pkt, u8 *frame, bool l3, bool l4);
int mlx5sim_lso(struct mlx5sim_port *port, const u8 *frame, u32 len, u16 hdr,
		u16 mss);
__wsum mlx5sim_rx_csum(const struct mlx5sim_pkt *pkt, u32 skip, u8 *ok);

/* rq.c */
enum mlx5sim_rx mlx5sim_rq_deliver(struct mlx5sim_port *port,
				   struct mlx5sim_rq *rq,
				   const struct mlx5sim_pkt *pkt, u32 hash,
				   u8 hash_type, u32 tag);
bool mlx5sim_rq_room(struct mlx5sim_rq *rq, u32 len);
void mlx5sim_rq_flush(struct mlx5sim_port *port, struct mlx5sim_rq *rq);

/* parse.c */
void mlx5sim_parse(struct mlx5sim_pkt *pkt, const u8 *data, u32 len);

/* steer.c, rss.c */
void mlx5sim_flows_invalidate(struct mlx5sim_port *port);
const struct mlx5sim_flow *mlx5sim_steer(struct mlx5sim_port *port,
					 const struct mlx5sim_pkt *pkt);
enum mlx5sim_rx mlx5sim_rx(struct mlx5sim_port *port,
			   const struct mlx5sim_pkt *pkt, bool wait);
struct mlx5sim_rq *mlx5sim_rss(const struct mlx5sim_tir *tir,
			       const struct mlx5sim_pkt *pkt, u32 *hash,
			       u8 *type);
struct mlx5sim_toeplitz *mlx5sim_toeplitz_get(const u8 *key);
void mlx5sim_toeplitz_put(struct mlx5sim_toeplitz *t);
void mlx5sim_fte_free(struct mlx5sim_port *port, struct mlx5sim_fte *fte);

/* link.c */
void mlx5sim_link_init(struct mlx5sim_port *port);
void mlx5sim_link_update(struct mlx5sim_port *port);
u32 mlx5sim_link_modes(void);

/* wire.c */
void mlx5sim_wire_init(struct mlx5sim_port *port);
void mlx5sim_wire_exit(struct mlx5sim_port *port);
void mlx5sim_transmit(struct mlx5sim_port *port, const u8 *data, u32 len);
enum mlx5sim_rx mlx5sim_wire_rx(struct mlx5sim_port *port, const u8 *data,
				u32 len, bool wait);
bool mlx5sim_wire_poll(struct mlx5sim_port *port);
s64 mlx5sim_wire_due(struct mlx5sim_port *port);

/* gen.c */
int mlx5sim_gen_init(struct mlx5sim_port *port);
void mlx5sim_gen_exit(struct mlx5sim_port *port);
bool mlx5sim_gen_poll(struct mlx5sim_port *port);
s64 mlx5sim_gen_due(struct mlx5sim_port *port);
void mlx5sim_gen_debugfs(struct mlx5sim_port *port, struct dentry *dir);

/* caps.c */
void mlx5sim_caps_init(struct mlx5sim_port *port);

/* debugfs.c, debugfs_fault.c */
void mlx5sim_debugfs_init(void);
void mlx5sim_debugfs_exit(void);
void mlx5sim_fault_debugfs(struct mlx5sim_port *port, struct dentry *dir);

#endif
