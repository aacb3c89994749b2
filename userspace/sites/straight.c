// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a CPU can reach while hookcost's keys are off: a site of ours is passed through,
 * one of another key goes both ways. There must be no clock read, and nothing that
 * refers to a symbol of hookcost's. A function with sites that is the object's own has
 * to be called, or its address taken, by code that is reached: what only keys lead to is
 * not on the way.
 */
#include <capstone/capstone.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/util.h"
#include "sites.h"

struct place {
	size_t section;
	uint64_t at;
};

struct walk {
	struct object *o;
	csh cs;
	struct place *todo;
	size_t n, room;
	unsigned int faults;
};

bool is_nop(const struct object *o, const struct site *s)
{
	static const uint8_t nop5[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 }, nop2[] = { 0x66, 0x90 };
	const uint8_t *p = o->section[s->section].bytes + s->at;

	return !memcmp(p, nop5, sizeof(nop5)) || !memcmp(p, nop2, sizeof(nop2));
}

static void go(struct walk *w, size_t section, uint64_t at)
{
	const struct section *s = &w->o->section[section];

	if (!s->code || at >= s->size || s->seen[at])
		return;
	if (w->n == w->room) {
		w->room = 2 * w->room ?: 1024;
		w->todo = xrealloc(w->todo, w->room, sizeof(*w->todo));
	}
	w->todo[w->n++] = (struct place){ section, at };
}

static void go_function(struct walk *w, size_t section, uint64_t at)
{
	const struct function *f = function_of(w->o, section, at);

	if (f && f->at == at)
		go(w, section, at);
}

static void fault(struct walk *w, size_t section, const cs_insn *insn, const char *what,
		  const char *symbol)
{
	const struct function *f = function_of(w->o, section, insn->address);

	printf("# %s: %s+0x%llx: %s %s: %s%s\n", w->o->path, f ? f->name : "?",
	       (unsigned long long)(insn->address - (f ? f->at : 0)), insn->mnemonic,
	       insn->op_str, what, symbol);
	w->faults++;
}

/* A call's or a jump's; calls are followed into functions of the object */
static void follow_target(struct walk *w, size_t section, const cs_insn *insn,
			  const struct reloc *r)
{
	const cs_x86 *x86 = &insn->detail->x86;

	if (x86->op_count != 1 || x86->operands[0].type != X86_OP_IMM)
		return;		/* by a register: the address was taken somewhere */
	if (!r)
		go(w, section, x86->operands[0].imm);
	else if (r->section)
		go(w, r->section, r->offset + 4);
}

/* One instruction; false if what comes after it is not reached from it */
static bool step(struct walk *w, size_t section, const cs_insn *insn)
{
	const struct section *s = &w->o->section[section];
	const struct reloc *r = reloc_in(s, insn->address, insn->address + insn->size);
	const struct site *site = site_at(w->o, section, insn->address);

	if (site) {
		if (!site->ours)
			go(w, site->target_section, site->target);
		return true;
	}
	if (insn->id == X86_INS_RDTSC || insn->id == X86_INS_RDTSCP)
		fault(w, section, insn, "reads the clock", "");
	if (r && is_ours(r->symbol))
		fault(w, section, insn, "refers to ", r->symbol);
	if (cs_insn_group(w->cs, insn, CS_GRP_CALL)) {
		follow_target(w, section, insn, r);
		return true;
	}
	if (cs_insn_group(w->cs, insn, CS_GRP_JUMP)) {
		follow_target(w, section, insn, r);
		return insn->id != X86_INS_JMP;
	}
	if (r && r->section) {
		/* relative to the instruction's end, or not */
		go_function(w, r->section, r->offset + 4);
		go_function(w, r->section, r->offset);
	}
	return !cs_insn_group(w->cs, insn, CS_GRP_RET) && insn->id != X86_INS_UD2;
}

static void run(struct walk *w)
{
	cs_insn *insn = cs_malloc(w->cs);

	while (w->n) {
		struct place p = w->todo[--w->n];
		struct section *s = &w->o->section[p.section];
		const uint8_t *code = s->bytes + p.at;
		size_t left = s->size - p.at;
		uint64_t at = p.at;

		while (left && !s->seen[at]) {
			uint64_t here = at;

			s->seen[here] = 1;
			if (!cs_disasm_iter(w->cs, &code, &left, &at, insn)) {
				printf("# %s: %s+0x%llx: no instruction\n", w->o->path, s->name,
				       (unsigned long long)here);
				w->faults++;
				break;
			}
			if (!step(w, p.section, insn))
				break;
		}
	}
	cs_free(insn, 1);
}

/* The ordered clock's key is asked in code that runs only while another key is on */
static bool is_entry(const struct site *s)
{
	return s->ours && strcmp(s->key, "hookcost_ordered");
}

static bool has_site(const struct object *o, const struct function *f)
{
	size_t i;

	for (i = 0; i < o->nsites; i++)
		if (o->site[i].ours && o->site[i].section == f->section &&
		    o->site[i].at >= f->at && o->site[i].at < f->at + f->size)
			return true;
	return false;
}

/* Addresses in tables of functions; those that only describe code are none */
static void go_tables(struct walk *w)
{
	size_t i, k;

	for (i = 0; i < w->o->nsections; i++) {
		const struct section *s = &w->o->section[i];

		if (strncmp(s->name, ".data", 5) && strncmp(s->name, ".rodata", 7))
			continue;
		for (k = 0; k < s->nrelocs; k++)
			if (s->reloc[k].section)
				go_function(w, s->reloc[k].section, s->reloc[k].offset);
	}
}

unsigned int straight_line(struct object *o)
{
	struct walk w = { .o = o };
	size_t i;

	if (cs_open(CS_ARCH_X86, CS_MODE_64, &w.cs) != CS_ERR_OK)
		return 1;
	cs_option(w.cs, CS_OPT_DETAIL, CS_OPT_ON);
	for (i = 0; i < o->nfunctions; i++)
		if (o->function[i].global || !has_site(o, &o->function[i]))
			go(&w, o->function[i].section, o->function[i].at);
	go_tables(&w);
	run(&w);
	for (i = 0; i < o->nsites; i++) {
		const struct site *s = &o->site[i];

		if (!s->ours || !o->section[s->target_section].seen[s->target])
			continue;
		if (is_entry(s) && o->section[s->section].seen[s->at])
			printf("# %s: %s+0x%llx: what the key turns on is reached without it\n",
			       o->path, o->section[s->section].name, (unsigned long long)s->at);
		else
			continue;
		w.faults++;
	}
	free(w.todo);
	cs_close(&w.cs);
	return w.faults;
}
