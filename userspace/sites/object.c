// SPDX-License-Identifier: GPL-2.0-only
/* Reads a relocatable object: code, relocations, jump table, functions */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util.h"
#include "sites.h"

#define FLAGS	3			/* in the key's low bits */

bool is_ours(const char *symbol)
{
	return !strncmp(symbol, "hookcost_", 9) || !strncmp(symbol, "__hookcost_", 11) ||
	       !strncmp(symbol, "xdp_native_", 11) ||
	       strstr(symbol, "__SCT__xdp_native") == symbol ||
	       strstr(symbol, "__SCK__xdp_native") == symbol;
}

static int cmp_reloc(const void *a, const void *b)
{
	const struct reloc *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static size_t entries(const GElf_Shdr *sh)
{
	return sh->sh_entsize ? sh->sh_size / sh->sh_entsize : 0;
}

static void read_relocs(struct object *o, Elf_Scn *scn, const GElf_Shdr *sh)
{
	struct section *s = &o->section[sh->sh_info];
	Elf_Scn *symtab = elf_getscn(o->elf, sh->sh_link);
	Elf_Data *data = elf_getdata(scn, NULL), *syms = elf_getdata(symtab, NULL);
	GElf_Shdr symsh;
	GElf_Rela rela;
	GElf_Sym sym;
	size_t i, n = entries(sh);

	gelf_getshdr(symtab, &symsh);
	s->reloc = xcalloc(n, sizeof(*s->reloc));
	for (i = 0; i < n; i++) {
		struct reloc *r = &s->reloc[s->nrelocs++];

		gelf_getrela(data, i, &rela);
		gelf_getsym(syms, GELF_R_SYM(rela.r_info), &sym);
		r->at = rela.r_offset;
		r->symbol = elf_strptr(o->elf, symsh.sh_link, sym.st_name) ?: "";
		r->section = sym.st_shndx < SHN_LORESERVE ? sym.st_shndx : 0;
		r->offset = rela.r_addend + (r->section ? sym.st_value : 0);
	}
	qsort(s->reloc, s->nrelocs, sizeof(*s->reloc), cmp_reloc);
}

static void read_functions(struct object *o, Elf_Scn *scn, const GElf_Shdr *sh)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t i, n = entries(sh);
	GElf_Sym sym;

	o->function = xcalloc(n, sizeof(*o->function));
	for (i = 0; i < n; i++) {
		gelf_getsym(data, i, &sym);
		if (GELF_ST_TYPE(sym.st_info) != STT_FUNC || !sym.st_size ||
		    sym.st_shndx >= o->nsections)
			continue;
		o->function[o->nfunctions++] = (struct function){
			.name = elf_strptr(o->elf, sh->sh_link, sym.st_name) ?: "",
			.section = sym.st_shndx,
			.at = sym.st_value,
			.size = sym.st_size,
			.global = GELF_ST_BIND(sym.st_info) != STB_LOCAL,
		};
	}
}

const struct reloc *reloc_in(const struct section *s, uint64_t from, uint64_t to)
{
	size_t lo = 0, hi = s->nrelocs;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->reloc[mid].at < from)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->nrelocs && s->reloc[lo].at < to ? &s->reloc[lo] : NULL;
}

/* struct jump_entry: s32 code, s32 target, long key, all relative to themselves */
static int read_sites(struct object *o, const struct section *table)
{
	size_t i, n = table->size / 16;

	o->site = xcalloc(n ?: 1, sizeof(*o->site));
	for (i = 0; i < n; i++) {
		const struct reloc *code = reloc_in(table, 16 * i, 16 * i + 4);
		const struct reloc *target = reloc_in(table, 16 * i + 4, 16 * i + 8);
		const struct reloc *key = reloc_in(table, 16 * i + 8, 16 * i + 16);

		if (!code || !target || !key || !code->section || !target->section) {
			fprintf(stderr, "%s: jump table entry %zu is not understood\n", o->path, i);
			return -1;
		}
		o->site[o->nsites++] = (struct site){
			.section = code->section,
			.at = code->offset,
			.target_section = target->section,
			.target = target->offset,
			.key = key->symbol,
			.index = key->offset & ~(int64_t)FLAGS,
			.ours = is_ours(key->symbol),
		};
	}
	return 0;
}

const struct site *site_at(const struct object *o, size_t section, uint64_t at)
{
	size_t i;

	for (i = 0; i < o->nsites; i++)
		if (o->site[i].section == section && o->site[i].at == at)
			return &o->site[i];
	return NULL;
}

const struct function *function_of(const struct object *o, size_t section, uint64_t at)
{
	size_t i;

	for (i = 0; i < o->nfunctions; i++) {
		const struct function *f = &o->function[i];

		if (f->section == section && at >= f->at && at < f->at + f->size)
			return f;
	}
	return NULL;
}

static int read_object(struct object *o)
{
	const struct section *table = NULL;
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	GElf_Ehdr eh;
	size_t names, i;

	if (!gelf_getehdr(o->elf, &eh) || eh.e_type != ET_REL || eh.e_machine != EM_X86_64 ||
	    elf_getshdrstrndx(o->elf, &names) || elf_getshdrnum(o->elf, &o->nsections)) {
		fprintf(stderr, "%s is no relocatable x86-64 object\n", o->path);
		return -1;
	}
	o->section = xcalloc(o->nsections, sizeof(*o->section));
	while ((scn = elf_nextscn(o->elf, scn))) {
		struct section *s = &o->section[elf_ndxscn(scn)];
		Elf_Data *data;

		gelf_getshdr(scn, &sh);
		s->name = elf_strptr(o->elf, names, sh.sh_name) ?: "";
		s->size = sh.sh_size;
		s->file_offset = sh.sh_offset;
		s->code = sh.sh_flags & SHF_EXECINSTR;
		if (sh.sh_type == SHT_NOBITS)
			continue;
		data = elf_getdata(scn, NULL);
		s->bytes = data ? data->d_buf : NULL;
		if (s->code)
			s->seen = xcalloc(s->size + 1, 1);
		if (!strcmp(s->name, "__jump_table"))
			table = s;
	}
	while ((scn = elf_nextscn(o->elf, scn))) {
		gelf_getshdr(scn, &sh);
		if (sh.sh_type == SHT_RELA && sh.sh_info < o->nsections)
			read_relocs(o, scn, &sh);
		else if (sh.sh_type == SHT_SYMTAB)
			read_functions(o, scn, &sh);
	}
	for (i = 0; i < o->nsections; i++)
		if (!o->section[i].name)
			o->section[i].name = "";
	return table ? read_sites(o, table) : 0;
}

int object_open(struct object *o, const char *path)
{
	memset(o, 0, sizeof(*o));
	o->path = path;
	elf_version(EV_CURRENT);
	o->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (o->fd < 0) {
		perror(path);
		return -1;
	}
	o->elf = elf_begin(o->fd, ELF_C_READ, NULL);
	return read_object(o);
}

void object_close(struct object *o)
{
	size_t i;

	for (i = 0; o->section && i < o->nsections; i++) {
		free(o->section[i].reloc);
		free(o->section[i].seen);
	}
	free(o->section);
	free(o->site);
	free(o->function);
	elf_end(o->elf);
	if (o->fd >= 0)
		close(o->fd);
}
