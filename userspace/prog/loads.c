// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program loaded more than once, with the same maps: where its code lies in memory, and so in
 * the caches and the branch predictor's tables, is another each time. One load alone has an
 * interval that is narrow, and wrong for the next run by some percent.
 */
#include <errno.h>
#include <string.h>
#include "core/run.h"
#include "prog/load.h"
#include "prog/prog.h"

/* All loads but the first may take so long */
#define LOADING_NS	5e9
/* Fewer have no 95 % interval of their median */
#define LOADS_LEAST	6

static int take_maps(struct bpf_object *obj, const struct bpf_object *from)
{
	struct bpf_map *map, *first;
	int ret;

	bpf_object__for_each_map(map, obj) {
		first = bpf_object__find_map_by_name(from, bpf_map__name(map));
		bpf_map__set_pin_path(map, NULL);
		if (!first || bpf_map__fd(first) < 0)
			continue;
		ret = bpf_map__reuse_fd(map, bpf_map__fd(first));
		if (ret)
			return ret;
	}
	return 0;
}

/* The program as it was loaded the first time; -errno: its code lies at one place only */
static int load_again(struct subject *s)
{
	struct bpf_object *obj = bpf_object__open_file(s->from, NULL);
	struct bpf_program *prog;
	int ret;

	if (!obj)
		return -errno;
	prog = bpf_object__find_program_by_name(obj, s->name);
	if (!prog) {
		ret = -ENOENT;
		goto out;
	}
	bpf_program__set_type(prog, s->type);
	bpf_program__set_expected_attach_type(prog, s->attach);
	choose_loaded(s, obj, prog);
	ret = take_maps(obj, s->obj) ?: bpf_object__load(obj);
	if (ret)
		goto out;
	s->again[s->nloads] = obj;
	s->fds[s->nloads++] = bpf_program__fd(prog);
	return 0;
out:
	bpf_object__close(obj);
	return ret;
}

void loads_begin(struct subject *s, unsigned int batches)
{
	unsigned int n = batches < LOADS_MAX ? batches : LOADS_MAX;
	int ret = 0;

	s->fds[0] = s->fd;
	s->nloads = 1;
	if (!s->obj)
		return;
	if (s->load_ns * n > LOADING_NS)
		n = (unsigned int)(LOADING_NS / s->load_ns);
	if (n < LOADS_LEAST)
		return;
	while (s->nloads < n && !ret && !interrupted())
		ret = load_again(s);
	if (ret)
		info("%s: not loaded once more: %s", s->name, strerror(-ret));
	if (s->nloads < LOADS_LEAST)
		loads_end(s);
}

void loads_end(struct subject *s)
{
	for (; s->nloads > 1; s->nloads--)
		bpf_object__close(s->again[s->nloads - 1]);
}
