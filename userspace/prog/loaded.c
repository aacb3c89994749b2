// SPDX-License-Identifier: GPL-2.0-only
/* Programs that are loaded already, by their pins and their numbers */
#include <bpf/bpf.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include "core/run.h"
#include "core/util.h"
#include "prog/load.h"
#include "prog/prog.h"

#define MAPS_MAX	256

static bool is_prog_array(__u32 id)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	int fd = bpf_map_get_fd_by_id(id);

	if (fd < 0)
		return false;
	if (bpf_map_get_info_by_fd(fd, &info, &len))
		info.type = BPF_MAP_TYPE_UNSPEC;
	close(fd);
	return info.type == BPF_MAP_TYPE_PROG_ARRAY;
}

bool calls_programs(int fd)
{
	struct bpf_prog_info info = {};
	__u32 ids[MAPS_MAX], len = sizeof(info), i;

	info.map_ids = (uintptr_t)ids;
	info.nr_map_ids = MAPS_MAX;
	if (bpf_prog_get_info_by_fd(fd, &info, &len))
		return true;
	for (i = 0; i < info.nr_map_ids && i < MAPS_MAX; i++)
		if (is_prog_array(ids[i]))
			return true;
	return false;
}

/* What is there already: it is used as it is */
static int take_loaded(struct prog *p, int fd, const char *from)
{
	struct subject *s = &p->subject[p->nsubjects++];
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	int ret;

	s->from = from;
	s->fd = fd;
	s->load_ns = NAN;
	if (bpf_prog_get_info_by_fd(fd, &info, &len)) {
		ret = -errno;
		err("%s: cannot read what program that is: %s", from, strerror(-ret));
		return ret;
	}
	s->name = xstrdup(*info.name ? info.name : "unnamed");
	s->type = info.type;
	s->tail_calls = calls_programs(fd);
	if (prog_type_is_measured(s->type))
		return 0;
	err("%s: %s is a program of type %s, none for XDP, TC or SK_SKB", from, s->name,
	    libbpf_bpf_prog_type_str(s->type) ?: "unknown");
	return -EINVAL;
}

int open_pinned(struct prog *p, const char *path)
{
	int fd = bpf_obj_get(path), ret;

	if (fd < 0) {
		ret = -errno;
		err("--pinned %s: %s", path, strerror(-ret));
		return ret;
	}
	return take_loaded(p, fd, path);
}

int open_id(struct prog *p, const char *text)
{
	uint64_t id;
	int fd, ret;

	if (!parse_u64(text, &id) || id > UINT32_MAX) {
		err("--id takes a program's number, not \"%s\" (bpftool prog lists them)", text);
		return -EINVAL;
	}
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0) {
		ret = -errno;
		err("--id %s: %s", text, ret == -ENOENT ? "there is no such program" :
		    strerror(-ret));
		return ret;
	}
	return take_loaded(p, fd, text);
}
