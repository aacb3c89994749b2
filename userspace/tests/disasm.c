// SPDX-License-Identifier: GPL-2.0-only
/* Objects that are none, or broken, when a module's code is looked for */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/decompress.h"
#include "core/util.h"
#include "kernel/disasm.h"
#include "unit.h"

/* A header and two sections: the empty one, and symbols of so many bytes each */
static char *object(size_t entry, size_t size)
{
	struct {
		Elf64_Ehdr eh;
		Elf64_Shdr sh[2];
		Elf64_Sym sym[2];
	} o = {
		.eh = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				     EV_CURRENT },
			.e_type = ET_REL,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_shoff = sizeof(o.eh),
			.e_ehsize = sizeof(o.eh),
			.e_shentsize = sizeof(o.sh[0]),
			.e_shnum = 2,
		},
		.sh[1] = {
			.sh_type = SHT_SYMTAB,
			.sh_offset = sizeof(o.eh) + sizeof(o.sh),
			.sh_size = size,
			.sh_entsize = entry,
		},
	};
	char *path = xasprintf("%s/broken.o", unit_folder());
	FILE *f = fopen(path, "w");

	CHECK(f && fwrite(&o, sizeof(o), 1, f) == 1 && !fclose(f));
	return path;
}

static void look(size_t entry, size_t size, int want)
{
	char *path = object(entry, size);
	struct disasm_loop loop;

	CHECK_INT(disasm_loop_elf(path, "function", &loop), want);
	free(path);
}

static void broken(void)
{
	look(sizeof(Elf64_Sym), 2 * sizeof(Elf64_Sym), -ENOENT);
	/* symbols without a size, which it would divide by */
	look(0, 2 * sizeof(Elf64_Sym), -ENOEXEC);
	look(0, 0, -ENOEXEC);
	/* more than there are, and smaller ones */
	look(1, 2 * sizeof(Elf64_Sym), -ENOENT);
	look(sizeof(Elf64_Sym), 1 << 20, -ENOENT);
}

static void no_object(void)
{
	char *path = xasprintf("%s/text", unit_folder());
	struct disasm_loop loop;

	unit_write("text", "no object\n");
	CHECK_INT(disasm_loop_elf(path, "function", &loop), -ENOEXEC);
	CHECK_INT(disasm_loop_elf("/no/such/file", "function", &loop), -ENOENT);
	free(path);
}

/* As dkms leaves a module where the distribution's are compressed */
static void compressed(const char *program, const char *suffix)
{
	char *path = object(sizeof(Elf64_Sym), 2 * sizeof(Elf64_Sym));
	char *packed = xasprintf("%s%s", path, suffix);
	char *command = xasprintf("%s -qc '%s' >'%s'", program, path, packed);
	struct disasm_loop loop;
	char text[4] = "";
	int fd;

	CHECK(!system(command));
	fd = decompress_open(packed);
	CHECK(fd >= 0 && read(fd, text, sizeof(text)) == sizeof(text));
	CHECK(!memcmp(text, ELFMAG, SELFMAG));
	close(fd);
	CHECK_INT(disasm_loop_elf(packed, "function", &loop), -ENOENT);
	/* what is named so, and is not */
	CHECK(!rename(path, packed));
	CHECK_INT(disasm_loop_elf(packed, "function", &loop), -EBADMSG);
	free(command);
	free(packed);
	free(path);
}

static void compressed_each(void)
{
	char *path = strdup(getenv("PATH"));

	compressed("xz", ".xz");
	compressed("gzip", ".gz");
	CHECK(decompress_matches("a.ko", "a.ko") && decompress_matches("a.ko.zst", "a.ko"));
	CHECK(!decompress_matches("a.ko.old", "a.ko") && !decompress_matches("a.k", "a.ko") &&
	      !decompress_matches("b.ko.xz", "a.ko"));
	/* nothing to unpack it with */
	unit_write("packed.xz", "none");
	setenv("PATH", unit_folder(), 1);
	{
		char *packed = xasprintf("%s/packed.xz", unit_folder());

		CHECK_INT(decompress_open(packed), -ENOPKG);
		free(packed);
	}
	setenv("PATH", path, 1);
	free(path);
}

const struct unit disasm_units[] = {
	{ "disasm: an object with a broken symbol table", broken },
	{ "disasm: no object", no_object },
	{ "disasm: a compressed module", compressed_each },
	{ 0 }
};
