// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions per iteration of a loop, read from machine code. In a file of its own, as capstone
 * 5 has an enum bpf_insn, and linux/bpf.h a struct of that name.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <capstone/capstone.h>

#include "kernel/disasm.h"

/* The loop whose backward jump spans the most bytes is the outermost one */
static int find_loop(csh cs, const uint8_t *code, size_t len, struct disasm_loop *out)
{
	size_t n, i, first = 0, last = 0;
	uint64_t span = 0;
	cs_insn *insn;

	n = cs_disasm(cs, code, len, 0, 0, &insn);
	if (!n)
		return -ENOEXEC;

	for (i = 0; i < n; i++) {
		const cs_x86 *x86;
		uint64_t target;

		if (!insn[i].id || !cs_insn_group(cs, &insn[i], CS_GRP_JUMP))
			continue;
		x86 = &insn[i].detail->x86;
		if (x86->op_count != 1 || x86->operands[0].type != X86_OP_IMM)
			continue;
		target = x86->operands[0].imm;
		if (target > insn[i].address || insn[i].address - target < span)
			continue;
		span = insn[i].address - target;
		last = i + 1;
		for (first = i; first && insn[first].address > target; first--)
			;
	}

	if (last) {
		out->insns = last - first;
		out->bytes = insn[last - 1].address + insn[last - 1].size -
			     insn[first].address;
	}
	cs_free(insn, n);
	return last ? 0 : -ENOENT;
}

int disasm_loop_code(const uint8_t *code, size_t len, struct disasm_loop *out)
{
	csh cs;
	int ret;

	if (cs_open(CS_ARCH_X86, CS_MODE_64, &cs) != CS_ERR_OK)
		return -ENOMEM;
	cs_option(cs, CS_OPT_DETAIL, CS_OPT_ON);
	/* an instruction newer than the library must not end the listing */
	cs_option(cs, CS_OPT_SKIPDATA, CS_OPT_ON);
	ret = find_loop(cs, code, len, out);
	cs_close(&cs);
	return ret;
}
