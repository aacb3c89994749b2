// SPDX-License-Identifier: GPL-2.0-only
/* Hooks that take turns */
#include <stdio.h>
#include <string.h>

#include "hook/turns.h"

void hook_turns_init(struct hook_turns *t, const struct hook *all, const struct bpf_object *obj,
		     const char *verb)
{
	size_t i;

	for (i = 0; i < HOOKS; i++) {
		t->hook[i] = *all;
		t->hook[i].ops = all_hooks[i];
		t->hook[i].prog = hook_program(obj, verb, all_hooks[i]);
	}
}

int hook_turn(struct hook_turns *t, size_t i, char *why, size_t len)
{
	struct hook *h = &t->hook[i];
	char reason[256];
	int ret;

	if (t->now == h)
		return 0;
	hook_turns_end(t);
	t->now = h;
	ret = hook_try(h, reason, sizeof(reason));
	if (ret) {
		snprintf(why, len, "the kernel does not take a program at %s: %s",
			 h->ops->place_label, strerror(-ret));
		hook_turns_end(t);
	}
	return ret;
}

void hook_turns_end(struct hook_turns *t)
{
	if (t->now)
		hook_detach(t->now);
	t->now = NULL;
}
