// SPDX-License-Identifier: GPL-2.0-only
/* What all hooks share */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/run.h"
#include "hook/hook.h"

#define HOOK(name) (&hook_##name)

const struct hook_ops *const all_hooks[HOOKS] = {
#include "hook/hooks.def"
};

const char *hook_table(size_t n)
{
	const char *last = NULL, *table;
	size_t i;

	/* UDP's and TCP's; who has the same as the one before is another way to it */
	for (i = 0; i < 2 * HOOKS; i++) {
		const struct hook_reach *reach = all_hooks[i / 2]->reach;

		table = reach ? reach->table[i % 2] : last;
		if (table == last || (last && !strcmp(table, last)))
			continue;
		if (!n--)
			return table;
		last = table;
	}
	return NULL;
}

const char *hook_tables(char *text, size_t len)
{
	const char *table;
	size_t i, used = 0;

	text[0] = '\0';
	for (i = 0; (table = hook_table(i)) && used < len; i++)
		used += snprintf(text + used, len - used, "%s%s", i ? ", " : "", table);
	return text;
}

size_t hook_nr(const struct hook_ops *ops)
{
	size_t i;

	for (i = 0; all_hooks[i] != ops; i++)
		;
	return i;
}

struct bpf_program *hook_program(const struct bpf_object *obj, const char *verb,
				 const struct hook_ops *ops)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_%s", verb, ops->suffix);
	return bpf_object__find_program_by_name(obj, name);
}

bool hook_has(const struct bpf_object *obj, const char *verb, const struct hook_ops *ops)
{
	return !ops->instead && !ops->other_way && hook_program(obj, verb, ops);
}

struct row_def hook_row(const struct hook_ops *ops)
{
	return (struct row_def){ ops->place, ops->place_label, ops->paper };
}

bool hook_on_sockets(const struct hook_ops *ops)
{
	return ops && ops->reach && ops->reach->per_message;
}

int hook_fail(const char *what, char *why, size_t len)
{
	int ret = errno ? -errno : -EINVAL;

	snprintf(why, len, "cannot %s: %s", what, strerror(-ret));
	return ret;
}

int hook_needs_nothing(const char *native, char *why, size_t len)
{
	return 0;
}

void link_detach(struct hook *h)
{
	bpf_link__destroy(h->link);
	h->link = NULL;
}

int hook_try(struct hook *h, char *why, size_t len)
{
	int ret = 0;

	/* a change that has the driver set its queues up anew; not when there is none */
	if (!h->ops->in_driver && h->gen && h->gen->link)
		ret = generator_target(h->gen, NULL);
	if (ret) {
		snprintf(why, len, "%s", err_last());
		return ret;
	}
	return h->ops->attach(h, why, len);
}

int hook_attach(struct hook *h)
{
	unsigned int said = err_count();
	char why[256];
	int ret = hook_try(h, why, sizeof(why));

	/* an XDP program is put there by who says it himself */
	if (ret && err_count() == said)
		err("%s", why);
	return ret;
}

void hook_detach(struct hook *h)
{
	if (h->ops)
		h->ops->detach(h);
}

static void least_end(void *arg)
{
	struct hook *h = arg;

	hook_detach(h);
	if (h->skel)
		h->unload(h->skel);
	memset(h, 0, sizeof(*h));
}

int hook_least(struct hook *h, const struct hook_ops *ops, const struct net *n, int sock)
{
	int ret;

	*h = (struct hook){ .ops = ops, .net = n, .sock = sock };
	ret = cleanup_push(least_end, h) ?: ops->reach->least(h);
	return ret ?: hook_attach(h);
}

bool hook_runs(const struct hook *h, uint64_t *runs)
{
	*runs = h->runs ? __atomic_load_n(h->runs, __ATOMIC_RELAXED) : 0;
	return h->runs;
}
