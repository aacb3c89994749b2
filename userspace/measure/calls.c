// SPDX-License-Identifier: GPL-2.0-only
/* What a loaded program calls, after the verifier has rewritten it */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/util.h"
#include "measure/calls.h"

/* Its instructions, to be freed; NULL with errno: the kernel does not show them */
static struct bpf_insn *instructions(int prog_fd, size_t *n)
{
	struct bpf_prog_info info = {};
	__u32 info_len = sizeof(info), len;
	struct bpf_insn *insn;

	if (bpf_prog_get_info_by_fd(prog_fd, &info, &info_len))
		return NULL;
	len = info.xlated_prog_len;
	insn = xcalloc(1, len);
	memset(&info, 0, sizeof(info));
	info.xlated_prog_len = len;
	info.xlated_prog_insns = (uintptr_t)insn;
	if (bpf_prog_get_info_by_fd(prog_fd, &info, &info_len)) {
		free(insn);
		return NULL;
	}
	if (!info.xlated_prog_insns) {
		free(insn);
		errno = EPERM;
		return NULL;
	}
	*n = len / sizeof(*insn);
	return insn;
}

/* A call of a helper, whose imm is how far it is from __bpf_call_base; 0: not shown */
static bool calls_helper(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && !insn->src_reg;
}

typedef void (*symbol_fn)(void *arg, unsigned long at, const char *name);

static int walk_symbols(symbol_fn fn, void *arg)
{
	char line[512], name[256], type;
	unsigned long at;
	FILE *f;

	f = fopen("/proc/kallsyms", "r");
	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx %c %255s", &at, &type, name) == 3 && at)
			fn(arg, at, name);
	fclose(f);
	return 0;
}

/* A function, and what all offsets are from */
struct wanted {
	const char *function;
	unsigned long at, base;
};

static void find_wanted(void *arg, unsigned long at, const char *name)
{
	struct wanted *w = arg;

	if (!w->base && !strcmp(name, "__bpf_call_base"))
		w->base = at;
	else if (!w->at && w->function && !strcmp(name, w->function))
		w->at = at;
}

static int count(const struct bpf_insn *insn, size_t n, const char *function)
{
	struct wanted w = { .function = function };
	int ret, calls = 0;
	size_t i;

	if (function) {
		ret = walk_symbols(find_wanted, &w);
		if (ret)
			return ret;
		if (!w.base || !w.at)
			return -ENOENT;
	}
	for (i = 0; i < n; i++)
		if (calls_helper(&insn[i]))
			calls += !function || insn[i].imm == (int)(w.at - w.base);
	return calls;
}

int calls_count(int prog_fd, const char *function)
{
	size_t n;
	struct bpf_insn *insn = instructions(prog_fd, &n);
	int ret;

	if (!insn)
		return -errno;
	ret = count(insn, n, function);
	free(insn);
	return ret;
}

void calls_add(char **list, const char *name)
{
	size_t len = strlen(name);
	const char *at = *list;
	char *more;

	for (; (at = strstr(at, name)); at += len)
		if ((at == *list || at[-1] == ' ') && (!at[len] || at[len] == ','))
			return;
	more = xasprintf("%s%s%s", *list, **list ? ", " : "", name);
	free(*list);
	*list = more;
}

/* Helpers that are called, each once, and their names */
struct naming {
	struct helper {
		int imm;
		char *name;
	} *helper;
	size_t n;
	unsigned long base;
};

static struct helper *find_helper(const struct naming *w, int imm)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (w->helper[i].imm == imm)
			return &w->helper[i];
	return NULL;
}

static void name_helper(void *arg, unsigned long at, const char *name)
{
	const struct naming *w = arg;
	struct helper *h = find_helper(w, (int)(at - w->base));

	if (h && !h->name)
		h->name = xstrdup(name);
}

static void collect(struct naming *w, const struct bpf_insn *insn, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!calls_helper(&insn[i]) || find_helper(w, insn[i].imm))
			continue;
		w->helper = xrealloc(w->helper, w->n + 1, sizeof(*w->helper));
		w->helper[w->n++] = (struct helper){ .imm = insn[i].imm };
	}
}

static void add_kfunc(char **list, const struct bpf_insn *insn)
{
	struct btf *btf = insn->off ? NULL : btf__load_vmlinux_btf();
	const struct btf_type *t = btf ? btf__type_by_id(btf, insn->imm) : NULL;

	calls_add(list, t && btf_is_func(t) ? btf__name_by_offset(btf, t->name_off) : "a kfunc");
	btf__free(btf);
}

char *calls_list(int prog_fd)
{
	struct wanted base = { };
	struct naming w = { };
	struct bpf_insn *insn;
	bool hidden = false;
	char *list;
	size_t n, i;

	insn = instructions(prog_fd, &n);
	if (!insn)
		return NULL;
	collect(&w, insn, n);
	walk_symbols(find_wanted, &base);
	w.base = base.base;
	if (w.n && w.base)
		walk_symbols(name_helper, &w);
	list = xstrdup("");
	for (i = 0; i < w.n; i++) {
		/* one that has no name could be any */
		hidden |= !w.helper[i].name;
		calls_add(&list, w.helper[i].name ?: "");
		free(w.helper[i].name);
	}
	free(w.helper);
	for (i = 0; i < n; i++)
		if (insn[i].code == (BPF_JMP | BPF_CALL) &&
		    insn[i].src_reg == BPF_PSEUDO_KFUNC_CALL)
			add_kfunc(&list, &insn[i]);
	free(insn);
	if (!hidden)
		return list;
	free(list);
	return NULL;
}
