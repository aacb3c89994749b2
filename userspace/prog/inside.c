// SPDX-License-Identifier: GPL-2.0-only
/* What the programs are made of: code, helpers, maps */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bench/maps.h"
#include "core/run.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "maps.bpf.h"
#include "measure/calls.h"
#include "prog/prog.h"

#define MAPS_MAX 256

#define HELPER(name, ...) "bpf_" #name,
static const char *const helpers[] = { ___BPF_FUNC_MAPPER(HELPER) };

/* As the compiler has made it: the verifier replaces some calls by code */
static char *list_calls(const struct subject *s)
{
	const struct bpf_insn *insn = bpf_program__insns(s->prog);
	size_t n = bpf_program__insn_cnt(s->prog), i;
	struct btf *btf = NULL;
	char *list = xstrdup("");
	const struct btf_type *t;

	for (i = 0; i < n; i++) {
		if (insn[i].code != (BPF_JMP | BPF_CALL))
			continue;
		if (!insn[i].src_reg && insn[i].imm > 0 && insn[i].imm < (int)ARRAY_SIZE(helpers))
			calls_add(&list, helpers[insn[i].imm]);
		if (insn[i].src_reg != BPF_PSEUDO_KFUNC_CALL)
			continue;
		/* its number is of the kernel's types, or of a module's */
		btf = btf ?: btf__load_vmlinux_btf();
		t = btf && !insn[i].off ? btf__type_by_id(btf, insn[i].imm) : NULL;
		calls_add(&list, t ? btf__name_by_offset(btf, t->name_off) : "a kfunc");
	}
	btf__free(btf);
	return list;
}

static void put_program(const struct subject *s, struct row *row, const struct bpf_prog_info *info)
{
	char *calls;

	row_set(row, "insns", info->xlated_prog_len / sizeof(struct bpf_insn));
	row_set(row, "verified", info->verified_insns);
	row_set(row, "jited", info->jited_prog_len);
	row_set(row, "maps", info->nr_map_ids);
	if (!isnan(s->load_ns))
		row_set(row, "load", s->load_ns / 1e6);
	if (!info->jited_prog_len)
		row_reason(row, VALIDITY_INVALID, "jit", "the program was not JITed");
	/* of one that was loaded already there is what the verifier has left */
	calls = s->prog ? list_calls(s) : calls_list(s->fd);
	row_text(row, "calls", !calls ? "not shown by this kernel" : *calls ? calls : "none");
	free(calls);
}

/* Table 3's look-ups, if there is a map that they are of; n of them, 0: not measured */
struct prices {
	struct map_price price[MAP_PRICES];
	size_t n;
};

static void put_price(struct row *row, const struct prices *p, __u32 type)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->price[i].type == type)
			row_set_interval(row, "lookup", p->price[i].ns, p->price[i].low,
					 p->price[i].high);
}

static void put_map(struct table *t, const struct subject *s, const char *of, __u32 id,
		    const struct prices *prices)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	char *key, *label;
	struct row *row;
	int fd = bpf_map_get_fd_by_id(id);

	if (fd < 0)
		return;
	if (!bpf_map_get_info_by_fd(fd, &info, &len)) {
		key = xasprintf("%s:%s:%u", s->key, info.name, id);
		label = xasprintf("%s%s%s", of, *of ? ": " : "",
				  *info.name ? info.name : "unnamed");
		row = table_row(t, key, label);
		row_text(row, "type", libbpf_bpf_map_type_str(info.type) ?: "unknown");
		row_set(row, "key", info.key_size);
		row_set(row, "value", info.value_size);
		row_set(row, "entries", info.max_entries);
		put_price(row, prices, info.type);
		free(key);
		free(label);
	}
	close(fd);
}

static int read_info(int fd, struct bpf_prog_info *info, __u32 *ids)
{
	__u32 len = sizeof(*info), n;

	memset(info, 0, sizeof(*info));
	if (bpf_prog_get_info_by_fd(fd, info, &len))
		return -errno;
	n = info->nr_map_ids < MAPS_MAX ? info->nr_map_ids : MAPS_MAX;
	memset(info, 0, sizeof(*info));
	info->nr_map_ids = n;
	info->map_ids = (uintptr_t)ids;
	return bpf_prog_get_info_by_fd(fd, info, &len) ? -errno : 0;
}

#define PRICE_BATCHES 12

static void measure_prices(struct prog *p, struct prices *prices)
{
	char why[256];

	/* what is not on the way takes no time */
	if (p->opts->brief ||
	    env_validity_times(TIMED_BY_SYSTEM, why, sizeof(why)) >= VALIDITY_EMULATED ||
	    map_prices(prices->price, PRICE_BATCHES))
		return;
	prices->n = MAP_PRICES;
	result_note(p->res,
		    "Maps: what a look-up takes is table 3's, of %d entries that are in the caches, measured in this run.",
		    MAPS_ENTRIES);
}

void inside_table(struct prog *p)
{
	struct table *t = result_table(p->res, "inside", "What is in it"), *m;
	struct prices prices = { };
	struct bpf_prog_info info;
	__u32 ids[MAPS_MAX], k;
	size_t i;

	table_column(t, "insns", "code", "insns", 0);
	table_column(t, "verified", "verified", "insns", 0);
	table_column(t, "jited", "JITed", "bytes", 0);
	table_column(t, "maps", "maps", "", 0);
	table_column(t, "load", "load", "ms", 1);
	table_column(t, "calls", "calls", "", 0);
	m = result_table(p->res, "maps", "Its maps");
	table_column(m, "type", "type", "", 0);
	table_column(m, "key", "key", "bytes", 0);
	table_column(m, "value", "value", "bytes", 0);
	table_column(m, "entries", "entries", "", 0);
	measure_prices(p, &prices);
	if (prices.n)
		table_column(m, "lookup", "look-up", "ns", 2);
	for (i = 0; i < p->nsubjects; i++) {
		const struct subject *s = &p->subject[i];
		struct row *row = table_row(t, s->key, s->label);
		int ret = read_info(s->fd, &info, ids);

		if (ret) {
			row_weaken(row, VALIDITY_NOT_MEASURED, "%s", strerror(-ret));
			continue;
		}
		put_program(s, row, &info);
		for (k = 0; k < info.nr_map_ids && k < MAPS_MAX; k++)
			put_map(m, s, p->nsubjects > 1 ? s->label : "", ids[k], &prices);
	}
}
