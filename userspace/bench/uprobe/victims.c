// SPDX-License-Identifier: GPL-2.0-only
/*
 * uprobe: the functions that are probed. They are in assembly, as their first instruction
 * decides what a probe costs, and no compiler is to choose it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench/uprobe/uprobe.h"
#include "bench/uprobe/victims.h"

/* Each twice: the one that is probed, and its twin */
asm(".pushsection .text\n"
	".macro hookcost_victim name, first, last\n"
	"	.p2align 6\n"
	"	.globl	\\name\n"
	"	.type	\\name, @function\n"
	"\\name:\n"
	"	\\first\n"
	"	movslq	%esi, %rsi\n"
	"	movsbl	(%rdi,%rsi), %eax\n"
	"	cltq\n"
	"	add	%rdx, %rax\n"
	"	\\last\n"
	"	ret\n"
	"	.size	\\name, . - \\name\n"
	".endm\n"
	/* as the assembler itself fills five bytes */
	"	hookcost_victim victim_nop5, \".byte 0x0f, 0x1f, 0x44, 0x00, 0x00\"\n"
	"	hookcost_victim twin_nop5, \".byte 0x0f, 0x1f, 0x44, 0x00, 0x00\"\n"
	"	hookcost_victim victim_nop, \"nop\"\n"
	"	hookcost_victim twin_nop, \"nop\"\n"
	"	hookcost_victim victim_push, \"push %rbp\", \"pop %rbp\"\n"
	"	hookcost_victim twin_push, \"push %rbp\", \"pop %rbp\"\n"
	"	hookcost_victim victim_endbr64, \"endbr64\"\n"
	"	hookcost_victim twin_endbr64, \"endbr64\"\n"
	"	hookcost_victim victim_movslq\n"
	"	hookcost_victim twin_movslq\n"
	"	hookcost_victim victim_ret, \"ret\"\n"
	"	hookcost_victim twin_ret, \"ret\"\n"
	".popsection");

#define PAIR(name)	.key = #name, .probed = victim_##name, .twin = twin_##name

const struct victim victims[] = {
	{ PAIR(nop5), .label = "nop, 5 bytes", .emulated = true, .returns = true },
	{ PAIR(nop), .label = "nop, 1 byte", .emulated = true, .returns = true },
	{ PAIR(push), .label = "push %rbp", .emulated = true, .returns = true },
	{ PAIR(endbr64), .label = "endbr64", .returns = true, .paper = "bpftime" },
	{ PAIR(movslq), .label = "movslq", .returns = true, .paper = "bpftime" },
	{ PAIR(ret), .label = "ret" },
	{ }
};

#define CALL		0xe8
#define BREAKPOINT	0xcc

const char *victim_how(const struct victim *v)
{
	uint8_t first = *(const volatile uint8_t *)v->probed;

	if (first == CALL)
		return "system call";
	if (first != BREAKPOINT)
		return "not replaced";
	return v->emulated ? "trap" : "trap + step";
}

int victim_offset(const struct victim *v, size_t *offset)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned long at = (unsigned long)v->probed, from, to, file;
	char line[512];
	int ret = -ENOENT;

	if (!f)
		return -errno;
	while (ret && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx %*s %lx", &from, &to, &file) != 3 || at < from ||
		    at >= to)
			continue;
		*offset = at - from + file;
		ret = 0;
	}
	fclose(f);
	return ret;
}
