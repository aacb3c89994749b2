// SPDX-License-Identifier: GPL-2.0-only
/* Instructions per iteration of a loop, of an eBPF program or a module's function */
#include <errno.h>
#include <ftw.h>
#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <bpf/bpf.h>

#include "core/decompress.h"
#include "kernel/disasm.h"

int disasm_loop_prog(int prog_fd, struct disasm_loop *out)
{
	struct bpf_prog_info info = {};
	__u32 info_len = sizeof(info);
	uint8_t *code;
	__u32 len;
	int ret;

	memset(out, 0, sizeof(*out));
	if (bpf_prog_get_info_by_fd(prog_fd, &info, &info_len))
		return -errno;
	len = info.jited_prog_len;
	if (!len)
		return -ENODATA;
	code = malloc(len);
	if (!code)
		return -ENOMEM;

	memset(&info, 0, sizeof(info));
	info.jited_prog_len = len;
	info.jited_prog_insns = (uintptr_t)code;
	if (bpf_prog_get_info_by_fd(prog_fd, &info, &info_len))
		ret = -errno;
	else if (!info.jited_prog_insns)	/* kptr_restrict */
		ret = -EPERM;
	else
		ret = disasm_loop_code(code, len, out);
	free(code);
	return ret;
}

/* Code of a function of an ELF object; points into the object's own data */
static int function_code(Elf *elf, const char *symbol, const uint8_t **code, size_t *len)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(elf, scn))) {
		Elf_Data *data, *text;
		GElf_Shdr shdr;
		size_t i;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_type != SHT_SYMTAB)
			continue;
		if (!shdr.sh_entsize)
			return -ENOEXEC;
		data = elf_getdata(scn, NULL);
		for (i = 0; data && i < shdr.sh_size / shdr.sh_entsize; i++) {
			const char *name;
			GElf_Sym sym;

			if (!gelf_getsym(data, i, &sym) ||
			    GELF_ST_TYPE(sym.st_info) != STT_FUNC)
				continue;
			name = elf_strptr(elf, shdr.sh_link, sym.st_name);
			if (!name || strcmp(name, symbol))
				continue;
			text = elf_getdata(elf_getscn(elf, sym.st_shndx), NULL);
			if (!text || !text->d_buf || sym.st_value > text->d_size ||
			    sym.st_size > text->d_size - sym.st_value)
				return -ENOEXEC;
			*code = (const uint8_t *)text->d_buf + sym.st_value;
			*len = sym.st_size;
			return 0;
		}
	}
	return -ENOENT;
}

int disasm_loop_elf(const char *ko_path, const char *symbol, struct disasm_loop *out)
{
	const uint8_t *code;
	size_t len;
	Elf *elf;
	int fd, ret;

	memset(out, 0, sizeof(*out));
	elf_version(EV_CURRENT);
	fd = decompress_open(ko_path);
	if (fd < 0)
		return fd;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF) {
		ret = function_code(elf, symbol, &code, &len);
		if (!ret)
			ret = disasm_loop_code(code, len, out);
	} else {
		ret = -ENOEXEC;
	}
	elf_end(elf);
	close(fd);
	return ret;
}

/* nftw() passes no argument through */
static const char *wanted;
static char *found;

static int match_module(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	if (type != FTW_F || !decompress_matches(path + ftw->base, wanted))
		return 0;
	found = strdup(path);
	return 1;
}

int disasm_module_path(const char *module, char *path, unsigned int len)
{
	const char *dir = getenv("HOOKCOST_MODULES");
	struct utsname uts;
	char file[80];
	int n;

	if (snprintf(file, sizeof(file), "%s.ko", module) >= (int)sizeof(file))
		return -ENAMETOOLONG;
	if (dir && *dir) {
		n = snprintf(path, len, "%s/%s", dir, file);
		if (n >= (int)len)
			return -ENAMETOOLONG;
		return access(path, R_OK) ? -errno : 0;
	}

	uname(&uts);
	snprintf(path, len, "/lib/modules/%s", uts.release);
	wanted = file;
	found = NULL;
	nftw(path, match_module, 16, FTW_PHYS);
	wanted = NULL;
	if (!found)
		return -ENOENT;
	n = snprintf(path, len, "%s", found);
	free(found);
	return n >= (int)len ? -ENAMETOOLONG : 0;
}
