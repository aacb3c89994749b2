// SPDX-License-Identifier: GPL-2.0-only
/* Programs with one call of the kernel's bpf_memcpy(), made to order */
#include <bpf/bpf.h>
#include <stddef.h>

#include "memcpy_prog.h"

#define INSNS	512
#define FAR	-1	/* a jump to the end, which is not known yet */

struct prog {
	struct bpf_insn insn[INSNS];
	unsigned int n;
};

static void emit(struct prog *p, __u8 code, __u8 dst, __u8 src, __s16 off, __s32 imm)
{
	p->insn[p->n++] = (struct bpf_insn){
		.code = code,
		.dst_reg = dst,
		.src_reg = src,
		.off = off,
		.imm = imm,
	};
}

static void set(struct prog *p, __u8 reg, __s32 value)
{
	emit(p, BPF_ALU64 | BPF_MOV | BPF_K, reg, 0, 0, value);
}

static void move(struct prog *p, __u8 dst, __u8 src)
{
	emit(p, BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0);
}

static void add(struct prog *p, __u8 reg, __s32 value)
{
	emit(p, BPF_ALU64 | BPF_ADD | BPF_K, reg, 0, 0, value);
}

static void load(struct prog *p, __u8 size, __u8 dst, __u8 src, int off)
{
	emit(p, BPF_LDX | BPF_MEM | size, dst, src, off, 0);
}

static void store(struct prog *p, __u8 dst, int off, __u8 src)
{
	emit(p, BPF_STX | BPF_MEM | BPF_DW, dst, src, off, 0);
}

static void value(struct prog *p, __u8 reg, int map, __s32 off)
{
	emit(p, BPF_LD | BPF_DW | BPF_IMM, reg, BPF_PSEUDO_MAP_VALUE, 0, map);
	emit(p, 0, 0, 0, 0, off);
}

uint32_t region_bytes(enum region region)
{
	return region == STACK ? STACK_BYTES : region == PACKET ? PACKET_BYTES : VALUE_BYTES;
}

static void point(struct prog *p, __u8 reg, const struct place *to, const struct maps *maps)
{
	switch (to->region) {
	case STACK:
		move(p, reg, BPF_REG_10);
		add(p, reg, (__s32)to->off - STACK_BYTES);
		break;
	case PACKET:
		move(p, reg, BPF_REG_7);
		add(p, reg, to->off);
		break;
	default:
		value(p, reg, to->region == MAP_A ? maps->a : maps->b, to->off);
	}
}

/* R6 is the context, R7 the packet, R9 the board */
static void begin(struct prog *p, const struct maps *maps)
{
	unsigned int i;

	move(p, BPF_REG_6, BPF_REG_1);
	load(p, BPF_W, BPF_REG_7, BPF_REG_6, offsetof(struct xdp_md, data));
	load(p, BPF_W, BPF_REG_8, BPF_REG_6, offsetof(struct xdp_md, data_end));
	move(p, BPF_REG_0, BPF_REG_7);
	add(p, BPF_REG_0, PACKET_BYTES);
	emit(p, BPF_JMP | BPF_JGT | BPF_X, BPF_REG_0, BPF_REG_8, FAR, 0);
	value(p, BPF_REG_9, maps->board, 0);
	for (i = 0; i < STACK_BYTES; i += 8) {
		load(p, BPF_DW, BPF_REG_0, BPF_REG_9, offsetof(struct board, before) + i);
		store(p, BPF_REG_10, (int)i - STACK_BYTES, BPF_REG_0);
	}
}

/* The first path's arguments, a jump over the second path's, and those */
static void two_paths(struct prog *p, const struct copy *c, const struct maps *maps)
{
	unsigned int first, over, i;

	load(p, BPF_DW, BPF_REG_0, BPF_REG_9, offsetof(struct board, path));
	first = p->n;
	emit(p, BPF_JMP | BPF_JNE | BPF_K, BPF_REG_0, 0, 0, 0);
	over = 0;
	for (i = 0; i < 2; i++) {
		if (i)
			p->insn[first].off = (__s16)(p->n - first - 1);
		if (c->known == TWO_SIZES)
			set(p, BPF_REG_4, (__s32)c->size[i]);
		else
			point(p, BPF_REG_3, &c->src[i], maps);
		if (!i) {
			over = p->n;
			emit(p, BPF_JMP | BPF_JA, 0, 0, 0, 0);
		}
	}
	p->insn[over].off = (__s16)(p->n - over - 1);
}

static void arguments(struct prog *p, const struct copy *c, const struct maps *maps)
{
	point(p, BPF_REG_1, &c->dst, maps);
	set(p, BPF_REG_2, (__s32)c->room);
	if (c->known != TWO_SOURCES)
		point(p, BPF_REG_3, &c->src[0], maps);
	if (c->known == VARIABLE) {
		load(p, BPF_DW, BPF_REG_4, BPF_REG_9, offsetof(struct board, size));
		emit(p, BPF_JMP | BPF_JGT | BPF_K, BPF_REG_4, 0, FAR, (__s32)c->size[0]);
	} else {
		set(p, BPF_REG_4, (__s32)c->size[0]);
	}
	if (c->known == TWO_SIZES || c->known == TWO_SOURCES)
		two_paths(p, c, maps);
}

static void end(struct prog *p)
{
	unsigned int i;

	store(p, BPF_REG_9, (int)offsetof(struct board, result), BPF_REG_0);
	load(p, BPF_W, BPF_REG_1, BPF_REG_6, offsetof(struct xdp_md, data));
	emit(p, BPF_ALU64 | BPF_SUB | BPF_X, BPF_REG_7, BPF_REG_1, 0, 0);
	store(p, BPF_REG_9, (int)offsetof(struct board, moved), BPF_REG_7);
	for (i = 0; i < STACK_BYTES; i += 8) {
		load(p, BPF_DW, BPF_REG_0, BPF_REG_10, (int)i - STACK_BYTES);
		store(p, BPF_REG_9, (int)(offsetof(struct board, after) + i), BPF_REG_0);
	}
	set(p, BPF_REG_0, XDP_PASS);
	emit(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	for (i = 0; i < p->n; i++)
		if (BPF_CLASS(p->insn[i].code) == BPF_JMP && p->insn[i].off == FAR)
			p->insn[i].off = (__s16)(p->n - i - 1);
	set(p, BPF_REG_0, XDP_ABORTED);
	emit(p, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

int memcpy_prog(const struct copy *c, const struct maps *maps, int func)
{
	struct prog p = {};

	begin(&p, maps);
	arguments(&p, c, maps);
	emit(&p, BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, func);
	end(&p);
	return bpf_prog_load(BPF_PROG_TYPE_XDP, "memcpy", "GPL", p.insn, p.n, NULL);
}
