/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions per iteration of a loop, read from machine code */
#ifndef HOOKCOST_DISASM_H
#define HOOKCOST_DISASM_H

#include <stddef.h>
#include <stdint.h>

struct disasm_loop {
	unsigned int insns;	/* from a backward jump's target to the jump, both counted */
	unsigned int bytes;
};

/*
 * Outermost loop of a loaded program's JITed image, or of a function in a
 * module's .ko, which may be compressed (errors: decompress_open()'s, too).
 * -ENOENT: no such function, or it has no loop; -EPERM: the kernel does not
 * show its image; -ENODATA: the program is not JITed.
 */
int disasm_loop_prog(int prog_fd, struct disasm_loop *out);
int disasm_loop_elf(const char *ko_path, const char *symbol, struct disasm_loop *out);
int disasm_loop_code(const uint8_t *code, size_t len, struct disasm_loop *out);

/*
 * Path of a module's .ko, which may be compressed: in $HOOKCOST_MODULES, else in
 * /lib/modules/$(uname -r)
 */
int disasm_module_path(const char *module, char *path, unsigned int len);

#endif /* HOOKCOST_DISASM_H */
