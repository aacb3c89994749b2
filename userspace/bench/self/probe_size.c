// SPDX-License-Identifier: GPL-2.0-only
/* What a probe takes of memory, by the running kernel's own types */
#include <bpf/btf.h>
#include <string.h>

#include "bench/self/probecost.h"

static const struct btf_type *find(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);

	return id < 0 ? NULL : btf__type_by_id(btf, id);
}

/* Elements of the array that a struct's member is; 0 if it is none */
static unsigned int elements(const struct btf *btf, const struct btf_type *t, const char *member)
{
	const struct btf_member *m = btf_members(t);
	const struct btf_type *type;
	unsigned int i;

	for (i = 0; i < btf_vlen(t); i++) {
		if (strcmp(btf__name_by_offset(btf, m[i].name_off), member))
			continue;
		type = btf__type_by_id(btf, m[i].type);
		return btf_is_array(type) ? btf_array(type)->nelems : 0;
	}
	return 0;
}

void probecost_sizes(struct probe_sizes *s, unsigned int histograms)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const struct btf_type *t;

	memset(s, 0, sizeof(*s));
	if (!btf)
		return;
	t = find(btf, "hookcost_bank");
	if (t) {
		/* ends in an array of as many as the hook has phases */
		s->bank = t->size;
		s->histograms = histograms;
	}
	t = find(btf, "hookcost_hist");
	if (t) {
		s->hist = t->size;
		s->buckets = elements(btf, t, "bucket");
		s->bank += s->histograms * s->hist;
	}
	t = find(btf, "bpf_prog_stats");
	if (t)
		s->stats = t->size;
	btf__free(btf);
}
