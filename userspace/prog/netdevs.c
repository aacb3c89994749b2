// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netdevs that a program names itself, by the argument of bpf_redirect() and its like: what its
 * instructions have for it, where that is a constant
 */
#include <bpf/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include "core/json.h"
#include "core/util.h"
#include "prog/tables.h"

struct code {
	const struct bpf_insn *insn;
	size_t n;
	bool *entered;			/* of each: by a jump */
};

static const char *redirect_name(const struct bpf_insn *insn)
{
	if (insn->code != (BPF_JMP | BPF_CALL) || insn->src_reg)
		return NULL;
	switch (insn->imm) {
	case BPF_FUNC_redirect:
		return "bpf_redirect()";
	case BPF_FUNC_redirect_neigh:
		return "bpf_redirect_neigh()";
	case BPF_FUNC_redirect_peer:
		return "bpf_redirect_peer()";
	}
	return NULL;
}

static bool jumps(const struct bpf_insn *insn)
{
	__u8 class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);

	return (class == BPF_JMP || class == BPF_JMP32) && op != BPF_CALL && op != BPF_EXIT;
}

static void find_entered(struct code *c)
{
	size_t i;

	c->entered = xcalloc(c->n + 1, sizeof(*c->entered));
	for (i = 0; i < c->n; i++) {
		bool far = c->insn[i].code == (BPF_JMP32 | BPF_JA);
		size_t to = i + 1 + (size_t)(far ? c->insn[i].imm : c->insn[i].off);

		if (jumps(&c->insn[i]) && to < c->n)
			c->entered[to] = true;
	}
}

static bool writes(const struct bpf_insn *insn, __u8 reg)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
	case BPF_LD:
	case BPF_LDX:
		return insn->dst_reg == reg;
	case BPF_STX:			/* an atomic one may fetch */
		return BPF_MODE(insn->code) == BPF_ATOMIC && (insn->src_reg == reg || !reg);
	case BPF_JMP:
		return BPF_OP(insn->code) == BPF_CALL && reg <= 5;
	}
	return false;
}

/* Which instruction before i gives reg its value; NULL: that depends on the way */
static const struct bpf_insn *given_by(const struct code *c, size_t i, __u8 reg)
{
	while (i && !c->entered[i]) {
		const struct bpf_insn *insn = &c->insn[--i];

		/* the second half of a wide one */
		if (!insn->code)
			continue;
		if (writes(insn, reg))
			return insn;
		if (insn->code == (BPF_JMP | BPF_EXIT) || insn->code == (BPF_JMP | BPF_JA) ||
		    insn->code == (BPF_JMP32 | BPF_JA))
			return NULL;
	}
	return NULL;
}

/* A constant of the object, as it is loaded */
static bool constant_at(const struct subject *s, const struct bpf_insn *wide, int off, __u32 *value)
{
	struct bpf_map *map;
	size_t len, at = (size_t)(wide[1].imm + off);
	const char *data;

	if (wide->code != (BPF_LD | BPF_DW | BPF_IMM) || wide->src_reg != BPF_PSEUDO_MAP_VALUE)
		return false;
	bpf_object__for_each_map(map, s->obj) {
		if (bpf_map__fd(map) != wide->imm || !(bpf_map__map_flags(map) & BPF_F_RDONLY_PROG))
			continue;
		data = bpf_map__initial_value(map, &len);
		if (!data || at > len || len - at < sizeof(*value))
			return false;
		memcpy(value, data + at, sizeof(*value));
		return true;
	}
	return false;
}

/* The first argument of the call at i, if it is the same whatever the packet */
static bool argument(const struct subject *s, const struct code *c, size_t i, __u32 *value)
{
	const struct bpf_insn *from = given_by(c, i, BPF_REG_1), *base;

	while (from && (from->code == (BPF_ALU64 | BPF_MOV | BPF_X) ||
			from->code == (BPF_ALU | BPF_MOV | BPF_X)) && !from->off)
		from = given_by(c, (size_t)(from - c->insn), from->src_reg);
	if (!from)
		return false;
	if (from->code == (BPF_ALU64 | BPF_MOV | BPF_K) ||
	    from->code == (BPF_ALU | BPF_MOV | BPF_K)) {
		*value = (__u32)from->imm;
		return true;
	}
	if (from->code != (BPF_LDX | BPF_MEM | BPF_W))
		return false;
	base = given_by(c, (size_t)(from - c->insn), from->src_reg);
	return base && constant_at(s, base, from->off, value);
}

static char *where(const char *call, bool known, __u32 ifindex)
{
	char name[IF_NAMESIZE];

	if (!known)
		return xasprintf("%s to what it finds at run time", call);
	if (if_indextoname(ifindex, name))
		return xasprintf("%s to %s", call, name);
	return xasprintf("%s to netdev %u", call, ifindex);
}

static bool has(struct json_object *list, const char *text)
{
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		if (!strcmp(json_object_get_string(json_object_array_get_idx(list, i)), text))
			return true;
	return false;
}

static void add_program(const struct subject *s, const struct bpf_program *prog,
			struct json_object *list)
{
	struct code c = { bpf_program__insns(prog), bpf_program__insn_cnt(prog), NULL };
	size_t i;

	find_entered(&c);
	for (i = 0; i < c.n; i++) {
		const char *call = redirect_name(&c.insn[i]);
		__u32 ifindex = 0;
		bool known;
		char *text;

		if (!call)
			continue;
		known = argument(s, &c, i, &ifindex);
		text = where(call, known, ifindex);
		if (!has(list, text))
			json_object_array_add(list, json_object_new_string(text));
		free(text);
	}
	free(c.entered);
}

/* Of a program that was loaded already there are no instructions as they were compiled */
struct json_object *redirects_by_name(const struct subject *s)
{
	struct json_object *list = json_object_new_array();
	struct bpf_program *prog;

	if (!s->prog)
		return list;
	add_program(s, s->prog, list);
	if (!s->tail_calls)
		return list;
	bpf_object__for_each_program(prog, s->obj)
		if (prog != s->prog && bpf_program__fd(prog) >= 0)
			add_program(s, prog, list);
	return list;
}
