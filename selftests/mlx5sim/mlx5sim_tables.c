// SPDX-License-Identifier: GPL-2.0-only
/*
 * mlx5sim's flow tables, made by raw commands: what is refused, entries with several
 * destinations, and what becomes of all that if nobody destroys it
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "sim.h"
#include "simcmd.h"

#define LEVEL	120	/* below the driver's */
#define DEST	8	/* bytes of a destination */
#define FRAMES	5

enum { ALLOW = 1, DROP = 2, FWD = 4 };
enum { TO_TABLE = 1, TO_TIR = 2 };

FIXTURE(tables) {
	struct simcmd c;
	struct sim_net net;
	uint64_t bad;
	int table, group, td;
};

static int created(struct simcmd *c)
{
	int status = simcmd_run(c);

	/* numbers of whatever lie at the same place */
	return status ? -status : (int)GET(create_flow_table_out, c->out, table_id);
}

static int new_table(struct simcmd *c, unsigned int level)
{
	NEW(c, create_flow_table, MLX5_CMD_OP_CREATE_FLOW_TABLE);
	SET(create_flow_table_in, c->in, flow_table_context.level, level);
	SET(create_flow_table_in, c->in, flow_table_context.log_size, 3);
	return created(c);
}

/* Without a mask: all frames match its entries */
static int new_group(struct simcmd *c, int table, unsigned int first, unsigned int last)
{
	NEW(c, create_flow_group, MLX5_CMD_OP_CREATE_FLOW_GROUP);
	SET(create_flow_group_in, c->in, table_id, table);
	SET(create_flow_group_in, c->in, start_flow_index, first);
	SET(create_flow_group_in, c->in, end_flow_index, last);
	return created(c);
}

/* An entry at this index, with destinations of one type */
static int set_entry(struct simcmd *c, int table, int group, unsigned int index,
		     unsigned int action, unsigned int type, const int *to, unsigned int n)
{
	unsigned int i;

	simcmd_new(c, MLX5_CMD_OP_SET_FLOW_TABLE_ENTRY, BYTES(set_fte_in) + n * DEST,
		   BYTES(set_fte_out));
	SET(set_fte_in, c->in, table_id, table);
	SET(set_fte_in, c->in, flow_index, index);
	SET(set_fte_in, c->in, flow_context.group_id, group);
	SET(set_fte_in, c->in, flow_context.action, action);
	SET(set_fte_in, c->in, flow_context.destination_list_size, n);
	for (i = 0; i < n; i++) {
		uint8_t *dest = c->in + BYTES(set_fte_in) + i * DEST;

		SET(dest_format_struct, dest, destination_type, type);
		SET(dest_format_struct, dest, destination_id, to[i]);
	}
	return simcmd_run(c);
}

static int delete_entry(struct simcmd *c, int table, unsigned int index)
{
	NEW(c, delete_fte, MLX5_CMD_OP_DELETE_FLOW_TABLE_ENTRY);
	SET(delete_fte_in, c->in, table_id, table);
	SET(delete_fte_in, c->in, flow_index, index);
	return simcmd_run(c);
}

static int destroy_table(struct simcmd *c, int table)
{
	NEW(c, destroy_flow_table, MLX5_CMD_OP_DESTROY_FLOW_TABLE);
	SET(destroy_flow_table_in, c->in, table_id, table);
	return simcmd_run(c);
}

static int destroy_group(struct simcmd *c, int table, int group)
{
	NEW(c, destroy_flow_group, MLX5_CMD_OP_DESTROY_FLOW_GROUP);
	SET(destroy_flow_group_in, c->in, table_id, table);
	SET(destroy_flow_group_in, c->in, group_id, group);
	return simcmd_run(c);
}

/* A TIR to a receive queue of the driver's that is in use */
static int new_tir(struct simcmd *c, int td)
{
	NEW(c, create_tir, MLX5_CMD_OP_CREATE_TIR);
	SET(create_tir_in, c->in, ctx.transport_domain, td);
	SET(create_tir_in, c->in, ctx.inline_rqn, simcmd_last("rq"));
	return created(c);
}

FIXTURE_SETUP(tables)
{
	memset(&self->net, 0, sizeof(self->net));
	ASSERT_EQ(0, sim_up(&self->net));
	simcmd_refused = 0;
	self->bad = sim_number(SIM_PORT, "counters", "bad_commands");
	self->table = new_table(&self->c, LEVEL);
	ASSERT_LT(0, self->table);
	self->group = new_group(&self->c, self->table, 2, 4);
	ASSERT_LT(0, self->group);
	self->td = simcmd_alloc(MLX5_CMD_OP_ALLOC_TRANSPORT_DOMAIN);
	ASSERT_LT(0, self->td);
}

/* All of it goes, unless it has been forgotten */
FIXTURE_TEARDOWN(tables)
{
	if (self->table) {
		EXPECT_EQ(0, destroy_group(&self->c, self->table, self->group));
		EXPECT_EQ(0, destroy_table(&self->c, self->table));
		EXPECT_EQ(0, simcmd_free(MLX5_CMD_OP_DEALLOC_TRANSPORT_DOMAIN, self->td));
		sim_down(&self->net);
	}
	EXPECT_EQ(self->bad + simcmd_refused,
		  sim_number(SIM_PORT, "counters", "bad_commands"));
}

TEST_F(tables, refused)
{
	const int nowhere = 0xfffff0;
	struct simcmd *c = &self->c;
	int upper, t = self->table, g = self->group;

	/* levels, sizes, types that there are not */
	EXPECT_EQ(-STAT_BAD_PARAM, new_table(c, 200));
	NEW(c, create_flow_table, MLX5_CMD_OP_CREATE_FLOW_TABLE);
	SET(create_flow_table_in, c->in, flow_table_context.log_size, 60);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	NEW(c, create_flow_table, MLX5_CMD_OP_CREATE_FLOW_TABLE);
	SET(create_flow_table_in, c->in, table_type, 5);
	EXPECT_EQ(-STAT_BAD_PARAM, created(c));
	/* groups that are not in the table, or in another group */
	EXPECT_EQ(-STAT_IX, new_group(c, t, 5, 8));
	EXPECT_EQ(-STAT_IX, new_group(c, t, 7, 6));
	EXPECT_EQ(-STAT_IX, new_group(c, t, 0, 2));
	EXPECT_EQ(-STAT_IX, new_group(c, t, 3, 3));
	EXPECT_EQ(-STAT_IX, new_group(c, t, 4, 7));
	/* entries that are not in the group, and destinations that are nowhere */
	EXPECT_EQ(STAT_IX, set_entry(c, t, g, 1, DROP, 0, NULL, 0));
	EXPECT_EQ(STAT_IX, set_entry(c, t, g, 5, DROP, 0, NULL, 0));
	EXPECT_EQ(STAT_BAD_RES, set_entry(c, t, nowhere, 2, DROP, 0, NULL, 0));
	EXPECT_EQ(STAT_BAD_RES, set_entry(c, t, g, 2, FWD, TO_TIR, &nowhere, 1));
	EXPECT_EQ(STAT_BAD_RES, set_entry(c, t, g, 2, FWD, TO_TABLE, &nowhere, 1));
	EXPECT_EQ(STAT_BAD_PARAM, set_entry(c, t, g, 2, 0x8000, 0, NULL, 0));
	/* to the table itself, or to one above it: frames would go in circles */
	EXPECT_EQ(STAT_BAD_RES, set_entry(c, t, g, 2, FWD, TO_TABLE, &t, 1));
	upper = new_table(c, LEVEL - 1);
	ASSERT_LT(0, upper);
	EXPECT_EQ(STAT_BAD_RES, set_entry(c, t, g, 2, FWD, TO_TABLE, &upper, 1));
	EXPECT_EQ(0, destroy_table(c, upper));
	/* more destinations than came, or than there may be */
	simcmd_new(c, MLX5_CMD_OP_SET_FLOW_TABLE_ENTRY, BYTES(set_fte_in), BYTES(set_fte_out));
	SET(set_fte_in, c->in, table_id, t);
	SET(set_fte_in, c->in, flow_index, 2);
	SET(set_fte_in, c->in, flow_context.group_id, g);
	SET(set_fte_in, c->in, flow_context.action, FWD);
	SET(set_fte_in, c->in, flow_context.destination_list_size, 0xffffff);
	EXPECT_EQ(STAT_BAD_PARAM, simcmd_run(c));
	/* nothing of that is there */
	EXPECT_EQ(STAT_IX, delete_entry(c, t, 2));
}

TEST_F(tables, in_use)
{
	struct simcmd *c = &self->c;
	int lower, tir;

	EXPECT_EQ(STAT_BAD_RES_STATE, destroy_table(c, self->table));
	lower = new_table(c, LEVEL + 1);
	ASSERT_LT(0, lower);
	tir = new_tir(c, self->td);
	ASSERT_LT(0, tir);
	ASSERT_EQ(0, set_entry(c, self->table, self->group, 2, FWD, TO_TABLE, &lower, 1));
	ASSERT_EQ(0, set_entry(c, self->table, self->group, 3, FWD, TO_TIR, &tir, 1));
	EXPECT_EQ(STAT_BAD_RES_STATE, destroy_table(c, lower));
	EXPECT_EQ(STAT_BAD_RES_STATE, destroy_group(c, self->table, self->group));
	EXPECT_EQ(STAT_BAD_RES_STATE, simcmd_free(MLX5_CMD_OP_DESTROY_TIR, tir));
	EXPECT_EQ(0, delete_entry(c, self->table, 2));
	EXPECT_EQ(STAT_IX, delete_entry(c, self->table, 2));
	EXPECT_EQ(0, destroy_table(c, lower));
	EXPECT_EQ(0, delete_entry(c, self->table, 3));
	EXPECT_EQ(0, simcmd_free(MLX5_CMD_OP_DESTROY_TIR, tir));
}

static int set_root(struct simcmd *c, int table)
{
	NEW(c, set_flow_table_root, MLX5_CMD_OP_SET_FLOW_TABLE_ROOT);
	SET(set_flow_table_root_in, c->in, table_id, table);
	return simcmd_run(c);
}

static uint64_t taken(void)
{
	return sim_taken(true) + sim_taken(false);
}

/* FRAMES arrive; how many the queues have got */
static uint64_t deliver(const uint8_t *mac)
{
	uint64_t before = taken();
	uint8_t frame[60] = {};
	unsigned int i;

	memcpy(frame, mac, 6);
	for (i = 0; i < FRAMES; i++)
		sim_write("inject", frame, sizeof(frame));
	return taken() - before;
}

static int to_driver(const char *file, const char *pci)
{
	char path[64];
	int fd, ret = -1;

	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/mlx5_core/%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		ret = write(fd, pci, strlen(pci)) < 0 ? -errno : 0;
		close(fd);
	}
	return ret;
}

/*
 * All frames to the test's tables: to one TIR, to three, to two and a table, to none. Then
 * the driver goes; what is left is counted, and of no harm to the next one.
 */
TEST_F(tables, several_destinations_forgotten)
{
	struct simcmd *c = &self->c;
	int t = self->table, g = self->group, lower, lower_group, tirs[3], mixed[2], i;
	uint64_t leaked = sim_number(SIM_PORT, "counters", "leaked_objects");
	const uint8_t nobody[6] = { 0x02, 0, 0, 0, 0, 0x42 };
	uint8_t mac[6];
	char pci[32];

	for (i = 0; i < 3; i++) {
		tirs[i] = new_tir(c, self->td);
		ASSERT_LT(0, tirs[i]);
	}
	lower = new_table(c, LEVEL + 1);
	lower_group = new_group(c, lower, 0, 0);
	ASSERT_LT(0, lower_group);
	ASSERT_EQ(0, set_entry(c, lower, lower_group, 0, FWD, TO_TIR, tirs, 2));

	ASSERT_EQ(0, set_root(c, t));
	EXPECT_EQ(0, deliver(nobody));	/* there is no entry */
	ASSERT_EQ(0, set_entry(c, t, g, 3, FWD, TO_TIR, tirs, 1));
	EXPECT_EQ(FRAMES, deliver(nobody));
	/* an entry in front of it */
	ASSERT_EQ(0, set_entry(c, t, g, 2, FWD, TO_TIR, tirs, 3));
	EXPECT_EQ(3 * FRAMES, deliver(nobody));
	/* in place of it */
	ASSERT_EQ(0, set_entry(c, t, g, 2, FWD, TO_TABLE, &lower, 1));
	EXPECT_EQ(2 * FRAMES, deliver(nobody));
	mixed[0] = lower;
	mixed[1] = lower;
	ASSERT_EQ(0, set_entry(c, t, g, 2, FWD, TO_TABLE, mixed, 2));
	EXPECT_EQ(4 * FRAMES, deliver(nobody));
	ASSERT_EQ(0, set_entry(c, t, g, 2, DROP, 0, NULL, 0));
	EXPECT_EQ(0, deliver(nobody));
	ASSERT_EQ(0, delete_entry(c, t, 2));
	EXPECT_EQ(FRAMES, deliver(nobody));

	/* what would hold queues of the driver's goes */
	ASSERT_EQ(0, delete_entry(c, t, 3));
	ASSERT_EQ(0, delete_entry(c, lower, 0));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, simcmd_free(MLX5_CMD_OP_DESTROY_TIR, tirs[i])) {
			TH_LOG("TIR %d", i);
		}
	}
	sim_down(&self->net);
	self->table = 0;
	ASSERT_EQ(0, simcmd_pci(pci, sizeof(pci)));
	ASSERT_EQ(0, to_driver("unbind", pci));
	/* two tables with a group each, and a transport domain */
	EXPECT_EQ(leaked + 5, sim_number(SIM_PORT, "counters", "leaked_objects"));
	EXPECT_EQ(0, system("dmesg | grep -q 'mlx5sim1: flow table .* was not destroyed before'"));
	EXPECT_EQ(0, to_driver("bind", pci));

	/* the next driver has its own tables, and its frames */
	ASSERT_EQ(0, sim_up(&self->net));
	ASSERT_EQ(0, hc_mac(self->net.net.b, "hc0b", mac));
	EXPECT_EQ(0, deliver(nobody));
	EXPECT_EQ(FRAMES, deliver(mac));
	sim_down(&self->net);
}

int main(int argc, char **argv)
{
	simcmd_need();
	return test_harness_run(argc, argv);
}
