/* SPDX-License-Identifier: GPL-2.0-only */
/* Hooks that take turns: each has a program, and one of them has it in place */
#ifndef HOOKCOST_TURNS_H
#define HOOKCOST_TURNS_H

#include "hook/hook.h"

struct hook_turns {
	struct hook hook[HOOKS];
	struct hook *now;		/* whose program is in place; NULL: none */
};

/* Every hook as `all` says it, with the program VERB_SUFFIX of that object */
void hook_turns_init(struct hook_turns *t, const struct hook *all, const struct bpf_object *obj,
		     const char *verb);
/* The i-th hook's program is in place from now on; 0, or -errno with a reason in why */
int hook_turn(struct hook_turns *t, size_t i, char *why, size_t len);
void hook_turns_end(struct hook_turns *t);

#endif /* HOOKCOST_TURNS_H */
