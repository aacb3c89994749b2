// SPDX-License-Identifier: GPL-2.0-only
/* mlx5sim's firmware refuses what the real one refuses, says why, and counts it */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "kselftest_harness.h"
#include "sim.h"
#include "simcmd.h"

#define NOWHERE	0xfffff0	/* no object has this number */

FIXTURE(cmd) {
	struct simcmd c;
	uint64_t bad, unknown;
};

FIXTURE_SETUP(cmd)
{
	simcmd_refused = 0;
	self->bad = sim_number(SIM_PORT, "counters", "bad_commands");
	self->unknown = sim_number(SIM_PORT, "counters", "unknown_commands");
	ASSERT_NE(UINT64_MAX, self->bad);
}

/* Each refusal has been counted, and the driver has had none on the way */
FIXTURE_TEARDOWN(cmd)
{
	EXPECT_EQ(self->bad + simcmd_refused, sim_number(SIM_PORT, "counters", "bad_commands"));
}

TEST_F(cmd, unknown_opcodes)
{
	static const unsigned int ops[] = { 0x1, 0xff, 0x7ff, 0x999, 0xfff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		simcmd_new(&self->c, ops[i], 64, 64);
		EXPECT_EQ(STAT_BAD_OP, simcmd_run(&self->c));
		/* the syndrome names the opcode */
		EXPECT_EQ(ops[i], GET(alloc_pd_out, self->c.out, syndrome));
	}
	EXPECT_EQ(self->unknown + ARRAY_SIZE(ops),
		  sim_number(SIM_PORT, "counters", "unknown_commands"));
}

/* Not in the sweep: they would end the function, or make objects of nothing */
static bool acts_on_zeroes(unsigned int op)
{
	return op == MLX5_CMD_OP_TEARDOWN_HCA || op == MLX5_CMD_OP_DISABLE_HCA ||
	       op == MLX5_CMD_OP_ALLOC_UAR || op == MLX5_CMD_OP_ALLOC_PD ||
	       op == MLX5_CMD_OP_ALLOC_TRANSPORT_DOMAIN || op == MLX5_CMD_OP_ALLOC_Q_COUNTER;
}

/* Every opcode, with nothing in it: an answer, and none that does not say why */
TEST_F(cmd, sweep)
{
	unsigned int op, unknown = 0, known = 0;
	int status;

	for (op = 0; op < 0x1000; op++) {
		if (acts_on_zeroes(op))
			continue;
		simcmd_new(&self->c, op, 16, 16);
		status = simcmd_run(&self->c);
		ASSERT_LE(0, status) {
			TH_LOG("opcode 0x%x: no answer: %s", op, strerror(-status));
		}
		if (status == STAT_BAD_OP)
			unknown++;
		else
			known++;
	}
	EXPECT_EQ(self->unknown + unknown,
		  sim_number(SIM_PORT, "counters", "unknown_commands"));
	EXPECT_LT(40, known);
	EXPECT_LT(3900, unknown);
}

#define COMMAND(op, name)	{ #op, MLX5_CMD_OP_##op, BYTES(name##_in), BYTES(name##_out) }

static const struct {
	const char *name;
	unsigned int op;
	size_t inlen, outlen;
} commands[] = {
	COMMAND(QUERY_HCA_CAP, query_hca_cap),
	COMMAND(QUERY_ADAPTER, query_adapter),
	COMMAND(CREATE_MKEY, create_mkey),
	COMMAND(CREATE_EQ, create_eq),
	COMMAND(CREATE_CQ, create_cq),
	COMMAND(MODIFY_CQ, modify_cq),
	COMMAND(QUERY_CQ, query_cq),
	COMMAND(CREATE_SQ, create_sq),
	COMMAND(MODIFY_SQ, modify_sq),
	COMMAND(QUERY_SQ, query_sq),
	COMMAND(CREATE_RQ, create_rq),
	COMMAND(MODIFY_RQ, modify_rq),
	COMMAND(QUERY_RQ, query_rq),
	COMMAND(CREATE_TIS, create_tis),
	COMMAND(CREATE_TIR, create_tir),
	COMMAND(MODIFY_TIR, modify_tir),
	COMMAND(CREATE_RQT, create_rqt),
	COMMAND(MODIFY_RQT, modify_rqt),
	COMMAND(CREATE_FLOW_TABLE, create_flow_table),
	COMMAND(MODIFY_FLOW_TABLE, modify_flow_table),
	COMMAND(SET_FLOW_TABLE_ROOT, set_flow_table_root),
	COMMAND(CREATE_FLOW_GROUP, create_flow_group),
	COMMAND(SET_FLOW_TABLE_ENTRY, set_fte),
	COMMAND(DELETE_FLOW_TABLE_ENTRY, delete_fte),
	COMMAND(QUERY_NIC_VPORT_CONTEXT, query_nic_vport_context),
	COMMAND(MODIFY_NIC_VPORT_CONTEXT, modify_nic_vport_context),
	COMMAND(QUERY_VPORT_COUNTER, query_vport_counter),
	COMMAND(QUERY_Q_COUNTER, query_q_counter),
};

/* The lengths are looked at before anything else; 8 bytes is the least that can be asked for */
TEST_F(cmd, lengths)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		simcmd_new(&self->c, commands[i].op, commands[i].inlen - 4, commands[i].outlen);
		EXPECT_EQ(STAT_BAD_INP_LEN, simcmd_run(&self->c)) {
			TH_LOG("%s", commands[i].name);
		}
		simcmd_new(&self->c, commands[i].op, commands[i].inlen, commands[i].outlen - 4);
		EXPECT_EQ(STAT_BAD_OUTP_LEN, simcmd_run(&self->c)) {
			TH_LOG("%s", commands[i].name);
		}
		simcmd_new(&self->c, commands[i].op, 16, 8);
		EXPECT_LT(STAT_OK, simcmd_run(&self->c)) {
			TH_LOG("%s", commands[i].name);
		}
	}
}

#define UNKNOWN(op, name, field)						\
	do {									\
		NEW(&self->c, name, MLX5_CMD_OP_##op);				\
		SET(name##_in, self->c.in, field, NOWHERE);			\
		EXPECT_EQ(STAT_BAD_RES, simcmd_run(&self->c)) {			\
			TH_LOG(#op);						\
		}								\
	} while (0)

TEST_F(cmd, unknown_objects)
{
	UNKNOWN(DEALLOC_PD, dealloc_pd, pd);
	UNKNOWN(DEALLOC_UAR, dealloc_uar, uar);
	UNKNOWN(DEALLOC_TRANSPORT_DOMAIN, dealloc_transport_domain, transport_domain);
	UNKNOWN(DEALLOC_Q_COUNTER, dealloc_q_counter, counter_set_id);
	UNKNOWN(QUERY_Q_COUNTER, query_q_counter, counter_set_id);
	UNKNOWN(DESTROY_MKEY, destroy_mkey, mkey_index);
	UNKNOWN(QUERY_MKEY, query_mkey, mkey_index);
	UNKNOWN(DESTROY_EQ, destroy_eq, eq_number);
	UNKNOWN(DESTROY_CQ, destroy_cq, cqn);
	UNKNOWN(MODIFY_CQ, modify_cq, cqn);
	UNKNOWN(QUERY_CQ, query_cq, cqn);
	UNKNOWN(DESTROY_SQ, destroy_sq, sqn);
	UNKNOWN(MODIFY_SQ, modify_sq, sqn);
	UNKNOWN(QUERY_SQ, query_sq, sqn);
	UNKNOWN(DESTROY_RQ, destroy_rq, rqn);
	UNKNOWN(MODIFY_RQ, modify_rq, rqn);
	UNKNOWN(QUERY_RQ, query_rq, rqn);
	UNKNOWN(DESTROY_TIS, destroy_tis, tisn);
	UNKNOWN(DESTROY_TIR, destroy_tir, tirn);
	UNKNOWN(MODIFY_TIR, modify_tir, tirn);
	UNKNOWN(DESTROY_RQT, destroy_rqt, rqtn);
	UNKNOWN(MODIFY_RQT, modify_rqt, rqtn);
	UNKNOWN(DESTROY_FLOW_TABLE, destroy_flow_table, table_id);
	UNKNOWN(MODIFY_FLOW_TABLE, modify_flow_table, table_id);
	UNKNOWN(SET_FLOW_TABLE_ROOT, set_flow_table_root, table_id);
	UNKNOWN(CREATE_FLOW_GROUP, create_flow_group, table_id);
	UNKNOWN(DESTROY_FLOW_GROUP, destroy_flow_group, group_id);
	UNKNOWN(SET_FLOW_TABLE_ENTRY, set_fte, table_id);
	UNKNOWN(DELETE_FLOW_TABLE_ENTRY, delete_fte, table_id);
	UNKNOWN(CREATE_CQ, create_cq, cq_context.uar_page);
	UNKNOWN(CREATE_EQ, create_eq, eq_context_entry.uar_page);
	UNKNOWN(CREATE_SQ, create_sq, ctx.cqn);
	UNKNOWN(CREATE_RQ, create_rq, ctx.cqn);
	UNKNOWN(CREATE_TIS, create_tis, ctx.transport_domain);
	UNKNOWN(CREATE_TIR, create_tir, ctx.transport_domain);
	UNKNOWN(CREATE_MKEY, create_mkey, memory_key_mkey_entry.pd);
}

/* A number of another kind is none */
TEST_F(cmd, wrong_kind)
{
	NEW(&self->c, query_rq, MLX5_CMD_OP_QUERY_RQ);
	SET(query_rq_in, self->c.in, rqn, simcmd_first("cq"));
	EXPECT_EQ(STAT_BAD_RES, simcmd_run(&self->c));
	NEW(&self->c, query_cq, MLX5_CMD_OP_QUERY_CQ);
	SET(query_cq_in, self->c.in, cqn, simcmd_first("rq"));
	EXPECT_EQ(STAT_BAD_RES, simcmd_run(&self->c));
}

/* What comes once in the function's life */
TEST_F(cmd, function_state)
{
	NEW(&self->c, enable_hca, MLX5_CMD_OP_ENABLE_HCA);
	EXPECT_EQ(STAT_BAD_SYS_STATE, simcmd_run(&self->c));
	NEW(&self->c, init_hca, MLX5_CMD_OP_INIT_HCA);
	EXPECT_EQ(STAT_BAD_SYS_STATE, simcmd_run(&self->c));
	NEW(&self->c, set_issi, MLX5_CMD_OP_SET_ISSI);
	SET(set_issi_in, self->c.in, current_issi, 7);
	EXPECT_EQ(STAT_BAD_PARAM, simcmd_run(&self->c));
}

static int query_caps(struct simcmd *c, unsigned int type)
{
	NEW(c, query_hca_cap, MLX5_CMD_OP_QUERY_HCA_CAP);
	SET(query_hca_cap_in, c->in, op_mod, type << 1 | 1);
	return simcmd_run(c);
}

TEST_F(cmd, capabilities)
{
	EXPECT_EQ(STAT_OK, query_caps(&self->c, 0));
	EXPECT_EQ(1, GET(query_hca_cap_out, self->c.out, capability.cmd_hca_cap.num_ports));
	EXPECT_EQ(STAT_BAD_PARAM, query_caps(&self->c, 0x3f));
	EXPECT_EQ(STAT_BAD_PARAM, query_caps(&self->c, 0x7ffe));
}

static int access_reg(struct simcmd *c, unsigned int id, bool write, size_t len)
{
	simcmd_new(c, MLX5_CMD_OP_ACCESS_REG, 16 + len, 16 + len);
	SET(access_register_in, c->in, op_mod, !write);
	SET(access_register_in, c->in, register_id, id);
	return simcmd_run(c);
}

TEST_F(cmd, registers)
{
	enum { PMTU = 0x5003, PTYS = 0x5004, PPCNT = 0x5008, NONE = 0x4fff };

	EXPECT_EQ(STAT_OK, access_reg(&self->c, PMTU, false, BYTES(pmtu_reg)));
	EXPECT_LT(0, GET(pmtu_reg, self->c.out + 16, max_mtu));
	EXPECT_EQ(STAT_BAD_PARAM, access_reg(&self->c, NONE, false, 64));
	EXPECT_EQ(STAT_BAD_INP_LEN, access_reg(&self->c, PMTU, false, BYTES(pmtu_reg) - 4));
	EXPECT_EQ(STAT_BAD_INP_LEN, access_reg(&self->c, PTYS, false, 0));
	/* counters are not to be written */
	EXPECT_EQ(STAT_BAD_PARAM, access_reg(&self->c, PPCNT, true, BYTES(ppcnt_reg)));
	/* an MTU beyond the port's */
	simcmd_new(&self->c, MLX5_CMD_OP_ACCESS_REG, 16 + BYTES(pmtu_reg), 16 + BYTES(pmtu_reg));
	SET(access_register_in, self->c.in, register_id, PMTU);
	SET(pmtu_reg, self->c.in + 16, admin_mtu, 65535);
	EXPECT_EQ(STAT_BAD_PARAM, simcmd_run(&self->c));
}

int main(int argc, char **argv)
{
	simcmd_need();
	return test_harness_run(argc, argv);
}
