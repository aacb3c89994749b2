/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files that load programs share */
#ifndef HOOKCOST_PROG_LOAD_H
#define HOOKCOST_PROG_LOAD_H

#include "prog/prog.h"

/* load.c */
bool prog_type_is_measured(enum bpf_prog_type type);
/* Only what is measured, and what it may call by its program arrays */
void choose_loaded(const struct subject *s, struct bpf_object *obj,
		   const struct bpf_program *chosen);

/* loaded.c: the next subject is that program */
int open_pinned(struct prog *p, const char *path);
int open_id(struct prog *p, const char *text);
/* Whether it has a program array among its maps; not what those have that it calls */
bool calls_programs(int fd);

#endif /* HOOKCOST_PROG_LOAD_H */
