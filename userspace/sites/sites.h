/* SPDX-License-Identifier: GPL-2.0-only */
/* Static-key sites in a relocatable x86-64 object */
#ifndef HOOKCOST_SITES_H
#define HOOKCOST_SITES_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A relocation: what is at that place of a section */
struct reloc {
	uint64_t at;
	const char *symbol;		/* "" for a section's own */
	size_t section;			/* where the symbol is; 0: in another object */
	int64_t offset;			/* in that section, the addend included; or the addend */
};

struct section {
	const char *name;
	const uint8_t *bytes;
	uint64_t size, file_offset;
	bool code;
	struct reloc *reloc;		/* ascending */
	size_t nrelocs;
	uint8_t *seen;			/* by byte: an instruction that is reached begins here */
};

/* An entry of the jump table */
struct site {
	size_t section, target_section;
	uint64_t at, target;
	const char *key;		/* the key's symbol */
	int64_t index;			/* bytes into it */
	bool ours;
};

struct function {
	const char *name;
	size_t section;
	uint64_t at, size;
	bool global;
};

struct object {
	const char *path;
	Elf *elf;
	int fd;
	struct section *section;
	size_t nsections;
	struct site *site;
	size_t nsites;
	struct function *function;
	size_t nfunctions;
};

/* 0, or -1 with a line on stderr */
int object_open(struct object *o, const char *path);
void object_close(struct object *o);
const struct reloc *reloc_in(const struct section *s, uint64_t from, uint64_t to);
const struct site *site_at(const struct object *o, size_t section, uint64_t at);
const struct function *function_of(const struct object *o, size_t section, uint64_t at);

/*
 * Follows all that runs from the functions with sites of ours while these keys are off.
 * The faults found, each on a line of stdout that begins with "# ".
 */
unsigned int straight_line(struct object *o);
bool is_nop(const struct object *o, const struct site *s);
bool is_ours(const char *symbol);

#endif /* HOOKCOST_SITES_H */
