// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain: its programs. Of each there is a descriptor and its counts, mapped; libbpf's objects
 * go as soon as they are loaded, as there may be thousands.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/chain/chain.h"
#include "core/util.h"
#include "net/attached.h"
#include "chain.skel.h"

#define COUNTS	(CHAIN_SLOTS * sizeof(struct chain_slot))

size_t chain_set_programs(const struct chain_set *s, size_t members)
{
	return s->share == CHAIN_ONCE && members ? 1 : members;
}

double chain_set_bytes(const struct chain_set *s, size_t members)
{
	size_t maps = s->share == CHAIN_OWN ? members : 1;
	int cpus = s->type == BPF_MAP_TYPE_PERCPU_ARRAY ? libbpf_num_possible_cpus() : 1;

	return (double)maps * s->entries * CHAIN_VALUE * cpus;
}

/* The program alone, with the set's map and constants; NULL with errno */
static struct chain_bpf *open_one(const struct chain_set *s)
{
	struct chain_bpf *skel = chain_bpf__open();
	struct bpf_program *prog;
	int ret;

	if (!skel)
		return NULL;
	bpf_object__for_each_program(prog, skel->obj) {
		bpf_program__set_autoload(prog, !strcmp(bpf_program__name(prog), s->program));
		/* cls_bpf does not ask for a type, tcx does */
		bpf_program__set_expected_attach_type(prog, BPF_TCX_INGRESS);
	}
	skel->rodata->mask = s->entries - 1;
	skel->rodata->verdict = s->verdict;
	ret = bpf_map__set_type(skel->maps.values, s->type) ?:
	      bpf_map__set_max_entries(skel->maps.values, s->entries);
	if (!ret && s->values)
		ret = bpf_map__reuse_fd(skel->maps.values, s->values);
	if (!ret)
		ret = chain_bpf__load(skel);
	if (!ret)
		return skel;
	chain_bpf__destroy(skel);
	errno = -ret;
	return NULL;
}

/* What is kept of it; 0 or -errno */
static int keep(struct chain_set *s, const struct chain_bpf *skel)
{
	const struct bpf_program *prog =
		bpf_object__find_program_by_name(skel->obj, s->program);
	struct chain_prog *p = &s->prog[s->n];
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (!prog || bpf_prog_get_info_by_fd(bpf_program__fd(prog), &info, &len))
		return -ENOENT;
	attached_ours(info.id);
	p->slot = mmap(NULL, COUNTS, PROT_READ, MAP_SHARED, bpf_map__fd(skel->maps.bss), 0);
	if (p->slot == MAP_FAILED)
		return -errno;
	p->fd = dup(bpf_program__fd(prog));
	if (p->fd >= 0 && s->share == CHAIN_SHARED && !s->values)
		s->values = dup(bpf_map__fd(skel->maps.values));
	if (p->fd < 0 || s->values < 0) {
		int ret = -errno;

		munmap(p->slot, COUNTS);
		if (p->fd >= 0)
			close(p->fd);
		s->values = 0;
		return ret;
	}
	s->n++;
	return 0;
}

int chain_set_grow(struct chain_set *s, size_t members, char *why, size_t len)
{
	size_t n = chain_set_programs(s, members);
	int ret = 0;

	if (n > s->n)
		s->prog = xrealloc(s->prog, n, sizeof(*s->prog));
	while (s->n < n && !ret) {
		struct chain_bpf *skel = open_one(s);

		ret = skel ? keep(s, skel) : -errno;
		if (ret)
			snprintf(why, len, "cannot load %s, the %zu. time: %s%s", s->program,
				 s->n + 1, strerror(-ret),
				 ret == -EMFILE ? "; raise ulimit -n" : "");
		chain_bpf__destroy(skel);
	}
	return ret;
}

uint64_t chain_cpu_runs(const struct chain_set *s, unsigned int cpu)
{
	return __atomic_load_n(&s->prog->slot[cpu % CHAIN_SLOTS].runs, __ATOMIC_RELAXED);
}

uint64_t chain_set_runs(const struct chain_set *s, size_t members)
{
	size_t n = chain_set_programs(s, members), i, cpu;
	uint64_t sum = 0;

	for (i = 0; i < n; i++)
		for (cpu = 0; cpu < CHAIN_SLOTS; cpu++)
			sum += __atomic_load_n(&s->prog[i].slot[cpu].runs, __ATOMIC_RELAXED);
	return sum;
}

void chain_set_free(struct chain_set *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		munmap(s->prog[i].slot, COUNTS);
		close(s->prog[i].fd);
	}
	if (s->values)
		close(s->values);
	free(s->prog);
	s->prog = NULL;
	s->values = 0;
	s->n = 0;
}
