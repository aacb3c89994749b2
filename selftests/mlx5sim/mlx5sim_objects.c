// SPDX-License-Identifier: GPL-2.0-only
/*
 * mlx5sim's objects, made by raw commands: what is in use stays, states are kept, an address
 * that is not mapped is not touched, and what a driver forgets is found
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "sim.h"
#include "simcmd.h"

#define WILD	0x123456789000ULL	/* beyond any RAM */
#define LOW	0x1000ULL

#define FREE(op, id)	EXPECT_EQ(STAT_OK, simcmd_free(MLX5_CMD_OP_##op, id))
#define IN_USE(op, id)	EXPECT_EQ(STAT_BAD_RES_STATE, simcmd_free(MLX5_CMD_OP_##op, id))

/* With a UAR, a PD, a transport domain, an EQ and a CQ of its own, in a page of the driver's */
FIXTURE(objects) {
	struct simcmd c;
	uint64_t page, bad, faults;
	int uar, pd, td, eq, cq;
};

static uint64_t count(const char *name)
{
	return sim_number(SIM_PORT, "counters", name);
}

static int created(struct simcmd *c)
{
	int status = simcmd_run(c);

	/* numbers of whatever lie at the same place */
	return status ? -status : (int)GET(create_cq_out, c->out, cqn);
}

static void new_eq(struct simcmd *c, int uar, uint64_t page)
{
	simcmd_new(c, MLX5_CMD_OP_CREATE_EQ, BYTES(create_eq_in) + 8, BYTES(create_eq_out));
	SET(create_eq_in, c->in, eq_context_entry.uar_page, uar);
	SET(create_eq_in, c->in, eq_context_entry.log_eq_size, 4);
	simcmd_set(c->in + BYTES(create_eq_in), 0, 64, page);
}

static void new_cq(struct simcmd *c, int uar, int eq, uint64_t page, uint64_t dbr)
{
	simcmd_new(c, MLX5_CMD_OP_CREATE_CQ, BYTES(create_cq_in) + 8, BYTES(create_cq_out));
	SET(create_cq_in, c->in, cq_context.uar_page, uar);
	SET(create_cq_in, c->in, cq_context.c_eqn_or_apu_element, eq);
	SET(create_cq_in, c->in, cq_context.log_cq_size, 4);
	SET(create_cq_in, c->in, cq_context.dbr_addr, dbr);
	simcmd_set(c->in + BYTES(create_cq_in), 0, 64, page);
}

static void new_sq(struct simcmd *c, int cq, int pd, uint64_t page, uint64_t dbr)
{
	simcmd_new(c, MLX5_CMD_OP_CREATE_SQ, BYTES(create_sq_in) + 8, BYTES(create_sq_out));
	SET(create_sq_in, c->in, ctx.cqn, cq);
	SET(create_sq_in, c->in, ctx.wq.pd, pd);
	SET(create_sq_in, c->in, ctx.wq.log_wq_stride, 6);
	SET(create_sq_in, c->in, ctx.wq.log_wq_sz, 4);
	SET(create_sq_in, c->in, ctx.wq.dbr_addr, dbr);
	simcmd_set(c->in + BYTES(create_sq_in), 0, 64, page);
}

static void new_rq(struct simcmd *c, int cq, int pd, unsigned int log_stride, uint64_t page)
{
	simcmd_new(c, MLX5_CMD_OP_CREATE_RQ, BYTES(create_rq_in) + 8, BYTES(create_rq_out));
	SET(create_rq_in, c->in, ctx.cqn, cq);
	SET(create_rq_in, c->in, ctx.wq.wq_type, 1);	/* cyclic */
	SET(create_rq_in, c->in, ctx.wq.pd, pd);
	SET(create_rq_in, c->in, ctx.wq.log_wq_stride, log_stride);
	SET(create_rq_in, c->in, ctx.wq.log_wq_sz, 2);
	SET(create_rq_in, c->in, ctx.wq.dbr_addr, page);
	simcmd_set(c->in + BYTES(create_rq_in), 0, 64, page);
}

FIXTURE_SETUP(objects)
{
	simcmd_refused = 0;
	self->bad = count("bad_commands");
	self->faults = count("dma_faults");
	self->page = simcmd_page();
	ASSERT_NE(0, self->page);
	self->uar = simcmd_alloc(MLX5_CMD_OP_ALLOC_UAR);
	self->pd = simcmd_alloc(MLX5_CMD_OP_ALLOC_PD);
	self->td = simcmd_alloc(MLX5_CMD_OP_ALLOC_TRANSPORT_DOMAIN);
	ASSERT_LT(0, self->uar);
	ASSERT_LT(0, self->pd);
	ASSERT_LT(0, self->td);
	new_eq(&self->c, self->uar, self->page);
	SET(create_eq_in, self->c.in, eq_context_entry.intr, 1);
	self->eq = created(&self->c) & 0xff;
	new_cq(&self->c, self->uar, self->eq, self->page, self->page);
	self->cq = created(&self->c);
	ASSERT_LT(0, self->cq);
}

/* In the other order than they were made, all of them go */
FIXTURE_TEARDOWN(objects)
{
	FREE(DESTROY_CQ, self->cq);
	FREE(DESTROY_EQ, self->eq);
	FREE(DEALLOC_TRANSPORT_DOMAIN, self->td);
	FREE(DEALLOC_PD, self->pd);
	FREE(DEALLOC_UAR, self->uar);
	EXPECT_EQ(self->bad + simcmd_refused, count("bad_commands"));
}

TEST_F(objects, in_use)
{
	int sq, rq, tis, rqt, tir;

	IN_USE(DESTROY_EQ, self->eq);
	IN_USE(DEALLOC_UAR, self->uar);

	new_sq(&self->c, self->cq, self->pd, self->page, self->page);
	sq = created(&self->c);
	ASSERT_LT(0, sq);
	IN_USE(DESTROY_CQ, self->cq);
	IN_USE(DEALLOC_PD, self->pd);
	FREE(DESTROY_SQ, sq);

	new_rq(&self->c, self->cq, self->pd, 6, self->page);
	rq = created(&self->c);
	ASSERT_LT(0, rq);
	IN_USE(DESTROY_CQ, self->cq);
	IN_USE(DEALLOC_PD, self->pd);

	NEW(&self->c, create_tis, MLX5_CMD_OP_CREATE_TIS);
	SET(create_tis_in, self->c.in, ctx.transport_domain, self->td);
	tis = created(&self->c);
	ASSERT_LT(0, tis);
	IN_USE(DEALLOC_TRANSPORT_DOMAIN, self->td);
	FREE(DESTROY_TIS, tis);

	simcmd_new(&self->c, MLX5_CMD_OP_CREATE_RQT, BYTES(create_rqt_in) + 4,
		   BYTES(create_rqt_out));
	SET(create_rqt_in, self->c.in, rqt_context.rqt_max_size, 1);
	SET(create_rqt_in, self->c.in, rqt_context.rqt_actual_size, 1);
	simcmd_set(self->c.in + BYTES(create_rqt_in), 0, 32, rq);
	rqt = created(&self->c);
	ASSERT_LT(0, rqt);
	IN_USE(DESTROY_RQ, rq);

	NEW(&self->c, create_tir, MLX5_CMD_OP_CREATE_TIR);
	SET(create_tir_in, self->c.in, ctx.transport_domain, self->td);
	SET(create_tir_in, self->c.in, ctx.disp_type, 1);
	SET(create_tir_in, self->c.in, ctx.indirect_table, rqt);
	tir = created(&self->c);
	ASSERT_LT(0, tir);
	IN_USE(DESTROY_RQT, rqt);
	IN_USE(DEALLOC_TRANSPORT_DOMAIN, self->td);
	FREE(DESTROY_TIR, tir);
	FREE(DESTROY_RQT, rqt);
	FREE(DESTROY_RQ, rq);
}

static int modify_sq(struct simcmd *c, int sq, unsigned int from, unsigned int to)
{
	NEW(c, modify_sq, MLX5_CMD_OP_MODIFY_SQ);
	SET(modify_sq_in, c->in, sqn, sq);
	SET(modify_sq_in, c->in, sq_state, from);
	SET(modify_sq_in, c->in, ctx.state, to);
	return simcmd_run(c);
}

static int state_of(struct simcmd *c, int sq)
{
	NEW(c, query_sq, MLX5_CMD_OP_QUERY_SQ);
	SET(query_sq_in, c->in, sqn, sq);
	return simcmd_run(c) ?: (int)GET(query_sq_out, c->out, sq_context.state);
}

TEST_F(objects, states)
{
	enum { RST = 0, RDY = 1, ERR = 3 };
	struct simcmd *c = &self->c;
	int sq;

	new_sq(c, self->cq, self->pd, self->page, self->page);
	sq = created(c);
	ASSERT_LT(0, sq);
	EXPECT_EQ(RST, state_of(c, sq));
	/* not what it is in */
	EXPECT_EQ(STAT_BAD_RES_STATE, modify_sq(c, sq, RDY, ERR));
	EXPECT_EQ(STAT_BAD_RES_STATE, modify_sq(c, sq, ERR, RST));
	/* no such state */
	EXPECT_EQ(STAT_BAD_RES_STATE, modify_sq(c, sq, RST, 2));
	EXPECT_EQ(RST, state_of(c, sq));
	EXPECT_EQ(STAT_OK, modify_sq(c, sq, RST, ERR));
	EXPECT_EQ(ERR, state_of(c, sq));
	/* not without a reset */
	EXPECT_EQ(STAT_BAD_RES_STATE, modify_sq(c, sq, ERR, RDY));
	EXPECT_EQ(ERR, state_of(c, sq));
	FREE(DESTROY_SQ, sq);
}

TEST_F(objects, parameters)
{
	struct simcmd *c = &self->c;
	unsigned int stride;

	new_eq(c, self->uar, self->page);
	SET(create_eq_in, c->in, eq_context_entry.intr, 99);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	new_eq(c, self->uar, self->page);
	SET(create_eq_in, c->in, eq_context_entry.log_eq_size, 31);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	/* more pages than came with the command */
	new_eq(c, self->uar, self->page);
	SET(create_eq_in, c->in, eq_context_entry.log_eq_size, 7);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));

	new_cq(c, self->uar, self->eq, self->page, self->page);
	SET(create_cq_in, c->in, cq_context.cqe_sz, 1);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	new_cq(c, self->uar, self->eq, self->page, self->page);
	SET(create_cq_in, c->in, cq_context.log_cq_size, 31);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));

	new_sq(c, self->cq, self->pd, self->page, self->page);
	SET(create_sq_in, c->in, ctx.wq.log_wq_stride, 7);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	new_sq(c, self->cq, self->pd, self->page, self->page);
	SET(create_sq_in, c->in, ctx.wq.log_wq_sz, 31);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	new_sq(c, self->cq, 0xabcdef, self->page, self->page);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));

	/* an entry that is larger than a page */
	for (stride = 11; stride < 16; stride++) {
		new_rq(c, self->cq, self->pd, stride, self->page);
		EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	}
	new_rq(c, self->cq, self->pd, 3, self->page);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	/* a striding one holds a link and a segment */
	new_rq(c, self->cq, self->pd, 4, self->page);
	SET(create_rq_in, c->in, ctx.wq.wq_type, 2);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));

	NEW(c, create_rqt, MLX5_CMD_OP_CREATE_RQT);
	SET(create_rqt_in, c->in, rqt_context.rqt_max_size, 0xffff);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	/* more RQs than came with the command */
	NEW(c, create_rqt, MLX5_CMD_OP_CREATE_RQT);
	SET(create_rqt_in, c->in, rqt_context.rqt_max_size, 128);
	SET(create_rqt_in, c->in, rqt_context.rqt_actual_size, 128);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	EXPECT_EQ(self->faults, count("dma_faults"));
}

TEST_F(objects, keys)
{
	struct simcmd *c = &self->c;
	int key;

	NEW(c, create_mkey, MLX5_CMD_OP_CREATE_MKEY);
	SET(create_mkey_in, c->in, memory_key_mkey_entry.pd, self->pd);
	SET(create_mkey_in, c->in, memory_key_mkey_entry.access_mode_1_0, 1);
	SET(create_mkey_in, c->in, memory_key_mkey_entry.log_page_size, 12);
	SET(create_mkey_in, c->in, memory_key_mkey_entry.translations_octword_size, 4);
	key = created(c);
	ASSERT_LT(0, key);
	IN_USE(DEALLOC_PD, self->pd);
	FREE(DESTROY_MKEY, key);
	/* more entries than came with the command, and more than there may be */
	SET(create_mkey_in, c->in, translations_octword_actual_size, 4);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	SET(create_mkey_in, c->in, translations_octword_actual_size, 0);
	SET(create_mkey_in, c->in, memory_key_mkey_entry.translations_octword_size, 0x7fffffff);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	/* pages of 1 byte; a mode that is not offered */
	SET(create_mkey_in, c->in, memory_key_mkey_entry.translations_octword_size, 4);
	SET(create_mkey_in, c->in, memory_key_mkey_entry.log_page_size, 0);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	SET(create_mkey_in, c->in, memory_key_mkey_entry.log_page_size, 12);
	SET(create_mkey_in, c->in, memory_key_mkey_entry.access_mode_4_2, 1);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
}

/* Each is refused, and counted: a page list, a doorbell record, the last page there could be */
TEST_F(objects, wild_addresses)
{
	static const uint64_t wild[] = { WILD, 0x7ffffffffffff000, 0xfffffffffffff000 };
	struct simcmd *c = &self->c;
	unsigned int i, faults = 0;

	for (i = 0; i < ARRAY_SIZE(wild); i++) {
		new_eq(c, self->uar, wild[i]);
		EXPECT_EQ(-STAT_BAD_PARAM, created(c));
		new_cq(c, self->uar, self->eq, wild[i], self->page);
		EXPECT_EQ(-STAT_BAD_PARAM, created(c));
		new_cq(c, self->uar, self->eq, self->page, wild[i]);
		EXPECT_EQ(-STAT_BAD_PARAM, created(c));
		new_sq(c, self->cq, self->pd, wild[i], self->page);
		EXPECT_EQ(-STAT_BAD_PARAM, created(c));
		new_sq(c, self->cq, self->pd, self->page, wild[i]);
		EXPECT_EQ(-STAT_BAD_PARAM, created(c));
		new_rq(c, self->cq, self->pd, 6, wild[i]);
		EXPECT_EQ(-STAT_BAD_PARAM, created(c));
		faults += 6;
		EXPECT_EQ(self->faults + faults, count("dma_faults")) {
			TH_LOG("0x%" PRIx64, wild[i]);
		}
	}
	/* a record that is not aligned is no address at all */
	new_cq(c, self->uar, self->eq, self->page, self->page + 4);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	EXPECT_EQ(self->faults + faults, count("dma_faults"));
}

/* RAM, but none that the driver has mapped for the device */
TEST_F(objects, unmapped)
{
	if (!system("dmesg | grep -q 'mlx5sim: .*addresses checked to be RAM'"))
		SKIP(return, "no DMA operations per device in this kernel: RAM is all it checks");
	new_cq(&self->c, self->uar, self->eq, LOW, self->page);
	EXPECT_EQ(-STAT_BAD_PARAM, created(&self->c));
	new_cq(&self->c, self->uar, self->eq, self->page, LOW);
	EXPECT_EQ(-STAT_BAD_PARAM, created(&self->c));
	EXPECT_EQ(self->faults + 2, count("dma_faults"));
}

int main(int argc, char **argv)
{
	simcmd_need();
	return test_harness_run(argc, argv);
}
