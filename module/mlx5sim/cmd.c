// SPDX-License-Identifier: GPL-2.0-only
/* The command interface: entries, mailboxes, what a command has to look like */

#include <linux/seq_file.h>
#include <linux/slab.h>

#include "account.h"
#include "cmd.h"
#include "dma.h"
#include "queue.h"

#define MAX_LEN		SZ_2M	/* bytes of input or output */
#define INLINE_LEN	16u	/* these are in the entry itself */
#define MIN_LEN		8	/* opcode and modifier; status and syndrome */
#define OPS		0x1000
#define OWNER_HW	1

/* More than a CPU can need between the two, an emulated one that waits for its turn included */
#define CMD_HIDDEN	(HZ / 10)

/* Delivery status, the upper bits of status_own */
enum {
	DELIVERY_OK		= 0x0,
	DELIVERY_TOKEN		= 0x2,
	DELIVERY_BLOCK		= 0x3,
	DELIVERY_OUT_PTR	= 0x4,
	DELIVERY_IN_PTR		= 0x5,
	DELIVERY_IN_LENGTH	= 0x7,
	DELIVERY_OUT_LENGTH	= 0x8,
};

static const struct mlx5sim_cmd_def *defs[OPS];

static struct {
	u64 ok;
	u64 failed;
} stats[OPS];

/* Errors by status, all functions together */
static u64 errors[256];

static void add(const struct mlx5sim_cmd_def *def)
{
	for (; def->fn; def++)
		defs[def->op] = def;
}

void mlx5sim_cmd_init(void)
{
	add(mlx5sim_hca_cmds);
	add(mlx5sim_queue_cmds);
	add(mlx5sim_mkey_cmds);
	add(mlx5sim_rx_cmds);
	add(mlx5sim_flow_cmds);
	add(mlx5sim_vport_cmds);
	add(mlx5sim_reg_cmds);
}

void mlx5sim_cmd_show(struct seq_file *s)
{
	int i;

	for (i = 0; i < OPS; i++)
		if (stats[i].ok || stats[i].failed)
			seq_printf(s, "op 0x%03x %s ok %llu failed %llu\n", i,
				   defs[i] ? defs[i]->name : "unknown",
				   stats[i].ok, stats[i].failed);
	for (i = 0; i < ARRAY_SIZE(errors); i++)
		if (errors[i])
			seq_printf(s, "status 0x%02x %llu\n", i, errors[i]);
}

/* A chain of mailboxes, from or to @buf; returns a delivery status */
static u8 mailboxes(struct mlx5sim_port *port, u64 addr, u8 *buf, u32 len,
		    u8 token, bool write)
{
	struct mlx5_cmd_prot_block *block;
	u32 n, number;

	for (number = 0; len; number++) {
		if (!addr || addr & (sizeof(u64) - 1))
			return write ? DELIVERY_OUT_PTR : DELIVERY_IN_PTR;
		block = mlx5sim_dma_ptr(port, addr, sizeof(*block), true);
		if (!block)
			return write ? DELIVERY_OUT_PTR : DELIVERY_IN_PTR;
		if (block->token != token)
			return DELIVERY_TOKEN;
		if (be32_to_cpu(block->block_num) != number)
			return DELIVERY_BLOCK;
		n = min_t(u32, len, sizeof(block->data));
		if (write)
			memcpy(block->data, buf, n);
		else
			memcpy(buf, block->data, n);
		buf += n;
		len -= n;
		addr = be64_to_cpu(block->next);
	}
	return DELIVERY_OK;
}

static u8 run(struct mlx5sim_cmd *c, u16 op)
{
	const struct mlx5sim_cmd_def *def = op < OPS ? defs[op] : NULL;
	struct mlx5sim_port *port = c->port;

	if (!def) {
		port->counters.unknown_commands++;
		return MLX5_CMD_STAT_BAD_OP_ERR;
	}
	if (c->inlen < def->inlen)
		return MLX5_CMD_STAT_BAD_INP_LEN_ERR;
	if (c->outlen < def->outlen)
		return MLX5_CMD_STAT_BAD_OUTP_LEN_ERR;
	if (port->state < def->state)
		return MLX5_CMD_STAT_BAD_SYS_STATE_ERR;
	return def->fn(c);
}

static void account(struct mlx5sim_cmd *c, u16 op, u8 status)
{
	struct mlx5sim_port *port = c->port;
	const char *name = op < OPS && defs[op] ? defs[op]->name : "unknown";

	port->counters.commands++;
	if (op < OPS && !status)
		stats[op].ok++;
	else if (op < OPS)
		stats[op].failed++;
	if (status) {
		port->counters.bad_commands++;
		errors[status]++;
		mlx5sim_log(port,
			    "command 0x%x %s, modifier 0x%x, %u bytes in, %u out: status 0x%x\n",
			    op, name, c->op_mod, c->inlen, c->outlen, status);
	} else if (mlx5sim_verbose) {
		pr_info("mlx5sim%d: %s, modifier 0x%x, %u bytes in, %u out\n",
			port->idx, name, c->op_mod, c->inlen, c->outlen);
	}
}

static u32 beyond_inline(u32 len)
{
	return len > INLINE_LEN ? len - INLINE_LEN : 0;
}

/* Returns a delivery status; the command's own is in its output */
static u8 execute(struct mlx5sim_port *port, struct mlx5_cmd_layout *entry)
{
	struct mlx5sim_cmd c = {
		.port = port,
		.inlen = be32_to_cpu(entry->inlen),
		.outlen = be32_to_cpu(entry->outlen),
	};
	u8 delivery, status;
	u16 op;

	if (c.inlen < MIN_LEN || c.inlen > MAX_LEN)
		return DELIVERY_IN_LENGTH;
	if (c.outlen < MIN_LEN || c.outlen > MAX_LEN)
		return DELIVERY_OUT_LENGTH;
	c.in = kvzalloc(max(c.inlen, INLINE_LEN), GFP_KERNEL);
	c.out = kvzalloc(max(c.outlen, INLINE_LEN), GFP_KERNEL);
	if (!c.in || !c.out) {
		delivery = DELIVERY_IN_LENGTH;
		goto out;
	}
	memcpy(c.in, entry->in, INLINE_LEN);
	delivery = mailboxes(port, be64_to_cpu(entry->in_ptr),
			     c.in + INLINE_LEN, beyond_inline(c.inlen),
			     entry->token, false);
	if (delivery)
		goto out;
	op = MLX5_GET(access_register_in, c.in, opcode);
	c.op_mod = MLX5_GET(access_register_in, c.in, op_mod);
	status = run(&c, op);
	account(&c, op, status);
	if (status)
		memset(c.out, 0, c.outlen);
	MLX5_SET(access_register_out, c.out, status, status);
	MLX5_SET(access_register_out, c.out, syndrome, status ? op : 0);
	memcpy(entry->out, c.out, INLINE_LEN);
	delivery = mailboxes(port, be64_to_cpu(entry->out_ptr),
			     c.out + INLINE_LEN, beyond_inline(c.outlen),
			     entry->token, true);
out:
	kvfree(c.in);
	kvfree(c.out);
	return delivery;
}

static void complete_entry(struct mlx5sim_port *port,
			   struct mlx5_cmd_layout *entry, u32 i, u8 delivery,
			   bool event)
{
	struct mlx5_eqe_cmd eqe = { .vector = cpu_to_be32(BIT(i)) };

	/* the output before the owner */
	smp_wmb();
	mlx5sim_dma_set(entry->status_own, delivery << 1);
	if (event)
		mlx5sim_event(port, MLX5_EVENT_TYPE_CMD, 0, &eqe, sizeof(eqe));
}

/*
 * The entries that the driver has rung for. It hands an entry over first and rings when
 * it has noted that it did, so one without a ring is left alone: its completion would be
 * of a command that the driver knows nothing of yet. But when a BAR is RAM and the driver rings
 * twice between two looks, the second ring hides the first; after CMD_HIDDEN it is taken for that.
 */
void mlx5sim_cmd_poll(struct mlx5sim_port *port)
{
	struct mlx5_init_seg *seg = (void *)port->bar;
	u32 low = be32_to_cpu(READ_ONCE(seg->cmdq_addr_l_sz)), i;
	struct mlx5_cmd_layout *entries, *entry;
	u32 rung = 0, hidden = 0;
	enum mlx5sim_work was;
	u8 delivery;
	bool event;

	if (READ_ONCE(seg->cmd_dbell))
		rung = be32_to_cpu(xchg(&seg->cmd_dbell, 0));
	if (port->cmd_hidden && time_after(jiffies, port->cmd_hidden_until))
		rung |= port->cmd_hidden;
	if (!rung)
		return;
	port->cmdq = (u64)be32_to_cpu(READ_ONCE(seg->cmdq_addr_h)) << 32 |
		     (low & ~0xfff);
	entries = mlx5sim_dma_ptr(port, port->cmdq, SZ_4K, true);
	if (!entries) {
		port->cmd_hidden = 0;
		return;
	}
	for (i = 0; i < BIT(MLX5SIM_CMDQ_LOG_SIZE); i++) {
		entry = (void *)entries + (i << MLX5SIM_CMDQ_LOG_STRIDE);
		if (!(mlx5sim_dma_get(entry->status_own) & OWNER_HW))
			continue;
		if (!(rung & BIT(i))) {
			hidden |= BIT(i);
			continue;
		}
		/* its contents after its owner */
		smp_rmb();
		/*
		 * As it is before the command: the driver polls for CREATE_EQ
		 * and DESTROY_EQ of the EQ that these events go to.
		 */
		event = port->cmd_events;
		was = mlx5sim_work(MLX5SIM_COMMANDS);
		delivery = execute(port, entry);
		complete_entry(port, entry, i, delivery, event);
		mlx5sim_work_done(MLX5SIM_COMMANDS, 1);
		mlx5sim_work(was);
	}
	if (hidden & ~port->cmd_hidden)
		port->cmd_hidden_until = jiffies + CMD_HIDDEN;
	port->cmd_hidden = hidden;
}
