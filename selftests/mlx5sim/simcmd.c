// SPDX-License-Identifier: GPL-2.0-only
/* Raw commands to mlx5sim's firmware */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest.h"
#include "sim.h"
#include "simcmd.h"

#define ENTRIES	"/sys/kernel/debug/mlx5/*:40:00.1/cmd"
#define PAGE	4096

unsigned int simcmd_refused;

static char dir[128];

static void set_bit(uint8_t *byte, unsigned int bit, bool on)
{
	uint8_t mask = 0x80 >> bit;

	*byte = on ? *byte | mask : *byte & ~mask;
}

void simcmd_set(void *buf, size_t bit, size_t width, uint64_t value)
{
	size_t i;

	for (i = 0; i < width; i++, bit++)
		set_bit((uint8_t *)buf + bit / 8, bit % 8, value >> (width - 1 - i) & 1);
}

uint64_t simcmd_get(const void *buf, size_t bit, size_t width)
{
	uint64_t value = 0;

	for (; width; width--, bit++)
		value = value << 1 | (((const uint8_t *)buf)[bit / 8] >> (7 - bit % 8) & 1);
	return value;
}

void simcmd_need(void)
{
	glob_t g;

	sim_need();
	if (glob(ENTRIES, 0, NULL, &g))
		ksft_exit_skip("no %s: mlx5 has no debugfs files for commands\n", ENTRIES);
	snprintf(dir, sizeof(dir), "%s", g.gl_pathv[0]);
	globfree(&g);
}

int simcmd_pci(char *pci, size_t size)
{
	const char *at = dir + strlen("/sys/kernel/debug/mlx5/");

	return snprintf(pci, size, "%.*s", (int)strcspn(at, "/"), at) < (int)size ? 0 : -1;
}

void simcmd_new(struct simcmd *c, unsigned int opcode, size_t inlen, size_t outlen)
{
	memset(c, 0, sizeof(*c));
	c->inlen = inlen;
	c->outlen = outlen;
	SET(alloc_pd_in, c->in, opcode, opcode);
}

static int transfer(const char *file, int flags, void *buf, size_t len)
{
	char path[160];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = flags == O_RDONLY ? read(fd, buf, len) : write(fd, buf, len);
	if (n != (ssize_t)len)
		n = n < 0 ? -errno : -EIO;
	close(fd);
	return n < 0 ? n : 0;
}

int simcmd_run(struct simcmd *c)
{
	char text[8];
	int err, n = snprintf(text, sizeof(text), "%zu", c->outlen);

	/* makes a new, empty output */
	err = transfer("out_len", O_WRONLY, text, n) ?: transfer("in", O_WRONLY, c->in, c->inlen);
	if (err)
		return err;
	err = transfer("run", O_WRONLY, "go", 2);
	if (transfer("out", O_RDONLY, c->out, c->outlen))
		return -EIO;
	if (!c->out[0])
		return err;
	simcmd_refused++;
	return c->out[0];
}

/* Objects that are but numbers: their commands look alike */
int simcmd_alloc(unsigned int opcode)
{
	struct simcmd c;
	int ret;

	NEW(&c, alloc_pd, opcode);
	ret = simcmd_run(&c);
	return ret ? -ret : (int)GET(alloc_pd_out, c.out, pd);
}

int simcmd_free(unsigned int opcode, uint32_t id)
{
	struct simcmd c;

	NEW(&c, dealloc_pd, opcode);
	SET(dealloc_pd_in, c.in, pd, id);
	return simcmd_run(&c);
}

struct queue {
	const char *kind;
	uint32_t first, last;
};

static void match_queue(const char *text, void *arg)
{
	struct queue *q = arg;
	char kind[8];
	uint32_t id;

	if (sscanf(text, "%7s 0x%x", kind, &id) != 2 || strcmp(kind, q->kind))
		return;
	q->first = q->first ?: id;
	q->last = id;
}

uint32_t simcmd_first(const char *queue)
{
	struct queue q = { .kind = queue };

	sim_lines(SIM_PORT, "queues", match_queue, &q);
	return q.first;
}

uint32_t simcmd_last(const char *queue)
{
	struct queue q = { .kind = queue };

	sim_lines(SIM_PORT, "queues", match_queue, &q);
	return q.last;
}

uint64_t simcmd_page(void)
{
	struct simcmd c;

	NEW(&c, query_cq, MLX5_CMD_OP_QUERY_CQ);
	SET(query_cq_in, c.in, cqn, simcmd_first("cq"));
	if (simcmd_run(&c))
		return 0;
	return GET(query_cq_out, c.out, cq_context.dbr_addr) & ~(uint64_t)(PAGE - 1);
}
