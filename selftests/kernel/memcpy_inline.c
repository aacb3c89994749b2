// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's bpf_memcpy(), which the verifier inlines where it knows the size and that the
 * buffers are apart: programs made at random against a model in C, of all memory that they
 * can reach, and what is left of the call against what the verifier can know. $MEMCPY_PROGRAMS:
 * how many programs at random; $MEMCPY_SEED: of which seed.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "hookcost_test.h"
#include "memcpy_prog.h"

#define PROGRAMS	3000
#define MOVES_MAX	256	/* from there on it is a call of memcpy(), or rep movsb */
#define CODE_BYTES	16384

/* How the copy is made */
enum left { MOVES, CALL, KFUNC };

struct memory {
	uint8_t stack[STACK_BYTES], a[VALUE_BYTES], b[VALUE_BYTES], packet[PACKET_BYTES];
};

FIXTURE(memcpy_inline) {
	struct maps maps;
	uint8_t *a, *b;
	struct board *board;
	struct memory random, model, seen;
	bool fsrm;
	int func;
	unsigned int left[3];	/* programs, by enum left */
};

static int make_map(size_t bytes)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, "memcpy", 4, bytes, 1, &opts);
}

static void *map_memory(int fd, size_t bytes)
{
	return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static bool has_fsrm(void)
{
	char *line = NULL;
	FILE *f = fopen("/proc/cpuinfo", "r");
	bool has = false;
	size_t len = 0;

	while (f && !has && getline(&line, &len, f) > 0)
		has = !strncmp(line, "flags", 5) && strstr(line, " fsrm");
	free(line);
	if (f)
		fclose(f);
	return has;
}

FIXTURE_SETUP(memcpy_inline)
{
	size_t i;

	hc_need_root();
	self->func = hc_kernel_func("bpf_memcpy");
	if (!self->func)
		SKIP(return, "this kernel has no bpf_memcpy()");
	self->fsrm = has_fsrm();
	self->maps.a = make_map(VALUE_BYTES);
	self->maps.b = make_map(VALUE_BYTES);
	self->maps.board = make_map(sizeof(*self->board));
	ASSERT_LE(0, self->maps.a);
	ASSERT_LE(0, self->maps.b);
	ASSERT_LE(0, self->maps.board);
	self->a = map_memory(self->maps.a, VALUE_BYTES);
	self->b = map_memory(self->maps.b, VALUE_BYTES);
	self->board = map_memory(self->maps.board, sizeof(*self->board));
	ASSERT_NE(MAP_FAILED, (void *)self->a);
	ASSERT_NE(MAP_FAILED, (void *)self->b);
	ASSERT_NE(MAP_FAILED, (void *)self->board);
	srandom(getenv("MEMCPY_SEED") ? strtoul(getenv("MEMCPY_SEED"), NULL, 0) : 1);
	for (i = 0; i < sizeof(self->random); i++)
		((uint8_t *)&self->random)[i] = random();
}

FIXTURE_TEARDOWN(memcpy_inline)
{
	if (!self->func)
		return;
	TH_LOG("programs with moves: %u, a call that needs no check: %u, the kfunc: %u",
	       self->left[MOVES], self->left[CALL], self->left[KFUNC]);
	munmap(self->a, VALUE_BYTES);
	munmap(self->b, VALUE_BYTES);
	munmap(self->board, sizeof(*self->board));
	close(self->maps.a);
	close(self->maps.b);
	close(self->maps.board);
}

static uint8_t *at(struct memory *m, const struct place *p)
{
	uint8_t *const base[] = { m->stack, m->a, m->b, m->packet };

	return base[p->region] + p->off;
}

static bool apart(const struct place *dst, const struct place *src, uint32_t size)
{
	if (dst->region != src->region)
		return true;
	return dst->region != PACKET &&
	       (dst->off + size <= src->off || src->off + size <= dst->off);
}

/* What the verifier can know */
static enum left expected(const struct copy *c)
{
	if (c->known == VARIABLE || c->size[0] > c->room || !apart(&c->dst, &c->src[0], c->size[0]))
		return KFUNC;
	if (c->known == TWO_SIZES && c->size[0] != c->size[1])
		return KFUNC;
	if (c->known == TWO_SOURCES && !apart(&c->dst, &c->src[1], c->size[0]))
		return KFUNC;
	return c->size[0] <= MOVES_MAX ? MOVES : CALL;
}

/* The calls that the verifier has left in the program: one at most, else -1 */
static int calls_left(int fd)
{
	static struct bpf_insn insn[CODE_BYTES / sizeof(struct bpf_insn)];
	struct bpf_prog_info info = {
		.xlated_prog_insns = (uintptr_t)insn,
		.xlated_prog_len = sizeof(insn),
	};
	uint32_t len = sizeof(info), i;
	int left = MOVES;

	if (bpf_prog_get_info_by_fd(fd, &info, &len) || info.xlated_prog_len > sizeof(insn))
		return -1;
	for (i = 0; i < info.xlated_prog_len / sizeof(*insn); i++) {
		if (insn[i].code != (BPF_JMP | BPF_CALL))
			continue;
		if (left != MOVES)
			return -1;
		left = insn[i].src_reg == BPF_PSEUDO_KFUNC_CALL ? KFUNC : CALL;
	}
	return left;
}

/* Whether the JIT has made the call rep movsb; -1: the code is not to be seen */
static int has_rep_movsb(int fd)
{
	static const uint8_t copy[] = { 0x48, 0x89, 0xd6, 0x89, 0xc8, 0xf3, 0xa4 };
	static uint8_t code[CODE_BYTES];
	struct bpf_prog_info info = {
		.jited_prog_insns = (uintptr_t)code,
		.jited_prog_len = sizeof(code),
	};
	uint32_t len = sizeof(info);

	if (bpf_prog_get_info_by_fd(fd, &info, &len) || !info.jited_prog_len ||
	    info.jited_prog_len > sizeof(code))
		return -1;
	return !!memmem(code, info.jited_prog_len, copy, sizeof(copy));
}

/* Runs it once; what it returns, or -errno */
static int run(struct _test_data_memcpy_inline *self, int fd, const struct copy *c,
	       uint64_t size, unsigned int path)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = self->random.packet,
		    .data_size_in = PACKET_BYTES, .data_out = self->seen.packet,
		    .data_size_out = PACKET_BYTES, .repeat = 1);

	memcpy(self->a, self->random.a, VALUE_BYTES);
	memcpy(self->b, self->random.b, VALUE_BYTES);
	memset(self->board, 0xff, sizeof(*self->board));
	memcpy(self->board->before, self->random.stack, STACK_BYTES);
	self->board->size = size;
	self->board->path = path;
	if (bpf_prog_test_run_opts(fd, &opts))
		return -errno;
	memcpy(self->seen.stack, self->board->after, STACK_BYTES);
	memcpy(self->seen.a, self->a, VALUE_BYTES);
	memcpy(self->seen.b, self->b, VALUE_BYTES);
	return (int)opts.retval;
}

/* "" if all memory and the result are as the model has them, else what is not */
static const char *fault(struct _test_data_memcpy_inline *self, int fd, const struct copy *c,
			 uint64_t size, unsigned int path)
{
	bool fits = size <= c->room;
	int64_t result = fits ? (int64_t)size : -EINVAL;
	const struct place *src = &c->src[c->known == TWO_SOURCES && path];

	self->model = self->random;
	if (fits)
		memmove(at(&self->model, &c->dst), at(&self->model, src), size);
	if (run(self, fd, c, size, path) != XDP_PASS)
		return "does not come through";
	/* the kfunc's result is an int */
	if ((int32_t)self->board->result != result)
		return "another result";
	if (self->board->moved)
		return "R6 or R7 is another";
	if (memcmp(self->seen.stack, self->model.stack, STACK_BYTES))
		return "another stack";
	if (memcmp(self->seen.packet, self->model.packet, PACKET_BYTES))
		return "another packet";
	if (memcmp(self->seen.a, self->model.a, VALUE_BYTES) ||
	    memcmp(self->seen.b, self->model.b, VALUE_BYTES))
		return "another map value";
	return "";
}

static void check(struct __test_metadata *_metadata, struct _test_data_memcpy_inline *self,
		  const struct copy *c)
{
	int fd = memcpy_prog(c, &self->maps, self->func), left, rep;
	const char *what = "", *where = "";
	unsigned int path;

	ASSERT_LE(0, fd) {
		TH_LOG("%u bytes of %u, region %u to %u: not loaded: %d", c->size[0], c->room,
		       c->src[0].region, c->dst.region, fd);
	}
	left = calls_left(fd);
	EXPECT_EQ(expected(c), left);
	rep = has_rep_movsb(fd);
	if (rep >= 0)
		EXPECT_EQ(left == CALL && self->fsrm, rep);
	for (path = 0; path < 2 && !*what; path++) {
		what = fault(self, fd, c, c->size[c->known == TWO_SIZES && path], path);
		where = path ? "second" : "first";
	}
	if (!*what && c->known == VARIABLE)
		what = fault(self, fd, c, random() % (c->size[0] + 1), 0);
	if (left >= 0)
		self->left[left]++;
	close(fd);
	ASSERT_STREQ("", what) {
		TH_LOG("known %u, path %s: %u or %u bytes into %u, region %u+%u or %u+%u to %u+%u",
		       c->known, where, c->size[0], c->size[1], c->room, c->src[0].region,
		       c->src[0].off, c->src[1].region, c->src[1].off, c->dst.region, c->dst.off);
	}
}

/* Every size around what is inlined, between every two regions that are not the same */
TEST_F_TIMEOUT(memcpy_inline, sizes, 600)
{
	struct copy c = {};
	uint32_t size;

	for (size = 1; size <= STACK_BYTES - 8; size += size < MOVES_MAX + 8 ? 1 : 29) {
		c.dst.region = size % REGIONS;
		c.src[0].region = (size + 1 + size / REGIONS % (REGIONS - 1)) % REGIONS;
		c.dst.off = size % 8;
		c.src[0].off = size / 8 % 8;
		c.size[0] = size;
		c.size[1] = size;
		c.room = size;
		check(_metadata, self, &c);
	}
	EXPECT_LE(MOVES_MAX, self->left[MOVES]);
	EXPECT_LT(0, self->left[CALL]);
}

/* Around the distance from which on two buffers in one region are apart */
TEST_F_TIMEOUT(memcpy_inline, distances, 600)
{
	static const uint32_t sizes[] = { 1, 2, 7, 8, 16, 33, 100 };
	struct copy c = {};
	unsigned int i;
	int distance;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (c.dst.region = STACK; c.dst.region < REGIONS; c.dst.region++) {
			for (distance = -2; distance <= 2; distance++) {
				c.src[0].region = c.dst.region;
				c.size[0] = sizes[i];
				c.size[1] = sizes[i];
				c.room = sizes[i];
				c.dst.off = 150;
				c.src[0].off = c.dst.off + sizes[i] + distance;
				check(_metadata, self, &c);
				c.src[0].off = c.dst.off - sizes[i] - distance;
				check(_metadata, self, &c);
			}
		}
	}
}

/* More often small than large */
static uint32_t some_size(uint32_t most)
{
	uint32_t limit = 1U << (random() % 12);

	return random() % ((limit < most ? limit : most) + 1);
}

static void some_place(struct place *p, uint32_t bytes)
{
	do {
		p->region = random() % REGIONS;
	} while (region_bytes(p->region) < bytes);
	p->off = random() % (region_bytes(p->region) - bytes + 1);
}

static void some_copy(struct copy *c)
{
	uint32_t most;

	memset(c, 0, sizeof(*c));
	c->known = random() % KNOWNS;
	c->size[0] = 1 + some_size(PACKET_BYTES - 1);
	c->size[1] = random() % 4 ? 1 + some_size(PACKET_BYTES - 1) : c->size[0];
	most = c->size[0] > c->size[1] ? c->size[0] : c->size[1];
	c->room = random() % 8 ? most + random() % 9 : 1 + random() % most;
	some_place(&c->dst, c->room > most ? c->room : most);
	some_place(&c->src[0], most);
	some_place(&c->src[1], most);
	/* to be close in one region is rare by chance */
	if (random() % 4 == 0) {
		c->src[0] = c->dst;
		c->src[0].off = random() % (region_bytes(c->dst.region) - most + 1);
	}
}

TEST_F_TIMEOUT(memcpy_inline, random, 36000)
{
	const char *programs = getenv("MEMCPY_PROGRAMS");
	unsigned long i, n = programs ? strtoul(programs, NULL, 0) : PROGRAMS;
	struct copy c;

	for (i = 0; i < n; i++) {
		some_copy(&c);
		check(_metadata, self, &c);
	}
	EXPECT_LT(0, self->left[MOVES]);
	EXPECT_LT(0, self->left[CALL]);
	EXPECT_LT(0, self->left[KFUNC]);
}

TEST_HARNESS_MAIN
