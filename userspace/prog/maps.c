// SPDX-License-Identifier: GPL-2.0-only
/* What the maps hold before the first packet: dumps of bpftool's, or maps that are pinned */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/run.h"
#include "core/util.h"
#include "prog/prog.h"
#include "prog/value.h"

#define DUMP_MAX	(512UL << 20)

/* A map that is being filled */
struct fill {
	const struct bpf_object *obj;
	const struct bpf_map *map;
	const char *word;		/* the option, for messages */
	size_t key_size, value_size;
	uint8_t *key, *value;		/* the value is that of each CPU, one after the other */
	unsigned int cpus;		/* 0: one for all */
	char why[200];
};

static struct bpf_map *find(const struct bpf_object *obj, const char *word)
{
	const char *equals = strchr(word, '=');
	char *name = xstrdup(word);
	struct bpf_map *map;

	name[equals - word] = '\0';
	map = bpf_object__find_map_by_name(obj, name);
	free(name);
	return map;
}

static bool is_percpu(enum bpf_map_type type)
{
	return type == BPF_MAP_TYPE_PERCPU_ARRAY || type == BPF_MAP_TYPE_PERCPU_HASH ||
	       type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

static int reuse(struct bpf_map *map, const char *word, const char *path)
{
	int fd = bpf_obj_get(path), ret;

	if (fd < 0) {
		ret = -errno;
		err("--map %s: %s", word, strerror(-ret));
		return ret;
	}
	ret = bpf_map__reuse_fd(map, fd);
	close(fd);
	if (ret)
		err("--map %s: it cannot take the map's place: %s", word, strerror(-ret));
	return ret;
}

int maps_before(const struct prog_opts *o, struct bpf_object *obj, const char *from, bool *used)
{
	struct bpf_map *map;
	size_t i;
	int ret;

	/* nothing is left in /sys/fs/bpf, nor taken from there, but what is asked for */
	bpf_object__for_each_map(map, obj)
		if (bpf_map__pin_path(map))
			bpf_map__set_pin_path(map, NULL);
	for (i = 0; i < o->maps.n; i++) {
		const char *word = o->maps.word[i], *value = strchr(word, '=') + 1;

		map = find(obj, word);
		if (!map)
			continue;
		used[i] = true;
		if (*value != '@')
			continue;
		ret = reuse(map, word, value + 1);
		if (ret)
			return ret;
	}
	return 0;
}

static int put_part(struct fill *f, struct json_object *v, uint32_t type, uint8_t *out, size_t size)
{
	const struct btf *btf = bpf_object__btf(f->obj);

	memset(out, 0, size);
	if (value_is_bytes(v) || !btf || !type)
		return value_of_bytes(v, out, size, f->why, sizeof(f->why));
	return value_of_type(btf, type, v, out, size, f->why, sizeof(f->why));
}

/* A program array's: a program's name in this object, or the number of one that is loaded */
static int put_program(struct fill *f, struct json_object *v)
{
	const struct bpf_program *prog = NULL;
	int fd = -1, ret;
	uint32_t id;

	if (json_object_is_type(v, json_type_string))
		prog = bpf_object__find_program_by_name(f->obj, json_object_get_string(v));
	if (prog) {
		fd = bpf_program__fd(prog);
		memcpy(f->value, &fd, sizeof(fd));
		ret = bpf_map_update_elem(bpf_map__fd(f->map), f->key, f->value, BPF_ANY);
		if (ret)
			snprintf(f->why, sizeof(f->why), "%s: %s", bpf_program__name(prog),
				 strerror(-ret));
		return ret;
	}
	if (json_object_is_type(v, json_type_int)) {
		id = json_object_get_uint64(v);
	} else if (value_of_bytes(v, &id, sizeof(id), f->why, sizeof(f->why))) {
		snprintf(f->why, sizeof(f->why), "no program of this object: %.60s",
			 json_object_to_json_string(v));
		return -EINVAL;
	}
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0) {
		snprintf(f->why, sizeof(f->why),
			 "no program %u is loaded here; name one of this object", id);
		return -ENOENT;
	}
	memcpy(f->value, &fd, sizeof(fd));
	ret = bpf_map_update_elem(bpf_map__fd(f->map), f->key, f->value, BPF_ANY);
	close(fd);
	if (ret)
		snprintf(f->why, sizeof(f->why), "program %u: %s", id, strerror(-ret));
	return ret;
}

static int put_percpu(struct fill *f, struct json_object *values)
{
	size_t step = (f->value_size + 7) / 8 * 8, i, n;
	struct json_object *cpu, *v;
	int ret;

	memset(f->value, 0, step * f->cpus);
	if (!json_object_is_type(values, json_type_array)) {
		snprintf(f->why, sizeof(f->why), "no \"values\", one for each CPU");
		return -EINVAL;
	}
	n = json_object_array_length(values);
	for (i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(values, i);

		cpu = json_object_object_get(one, "cpu");
		v = json_object_object_get(one, "value");
		/* of a machine with more CPUs */
		if (!v || (uint64_t)json_object_get_int64(cpu) >= f->cpus)
			continue;
		ret = put_part(f, v, bpf_map__btf_value_type_id(f->map),
			       f->value + json_object_get_int64(cpu) * step, f->value_size);
		if (ret)
			return ret;
	}
	return 0;
}

static int put_element(struct fill *f, struct json_object *element)
{
	struct json_object *key, *v = NULL;
	int ret;

	if (!json_object_is_type(element, json_type_object) ||
	    !json_object_object_get_ex(element, "key", &key)) {
		snprintf(f->why, sizeof(f->why), "no \"key\"");
		return -EINVAL;
	}
	if (f->key_size) {
		ret = put_part(f, key, bpf_map__btf_key_type_id(f->map), f->key, f->key_size);
		if (ret)
			return ret;
	}
	json_object_object_get_ex(element, f->cpus ? "values" : "value", &v);
	if (!v) {
		snprintf(f->why, sizeof(f->why), "no \"%s\"", f->cpus ? "values" : "value");
		return -EINVAL;
	}
	if (bpf_map__type(f->map) == BPF_MAP_TYPE_PROG_ARRAY)
		return put_program(f, v);
	ret = f->cpus ? put_percpu(f, v) :
	      put_part(f, v, bpf_map__btf_value_type_id(f->map), f->value, f->value_size);
	if (ret)
		return ret;
	ret = bpf_map_update_elem(bpf_map__fd(f->map), f->key_size ? f->key : NULL, f->value,
				  BPF_ANY);
	if (ret)
		snprintf(f->why, sizeof(f->why), "%s%s", strerror(-ret), ret == -E2BIG ?
			 ": it has more elements than the map has room for" : "");
	return ret;
}

static int fill_from(struct fill *f, struct json_object *dump)
{
	size_t i, n;
	int ret = 0;

	if (!json_object_is_type(dump, json_type_array)) {
		err("--map %s: no array of elements, as bpftool map dump -j writes it", f->word);
		return -EINVAL;
	}
	n = json_object_array_length(dump);
	for (i = 0; i < n && !ret; i++) {
		ret = put_element(f, json_object_array_get_idx(dump, i));
		if (ret)
			err("--map %s: element %zu: %s", f->word, i, f->why);
	}
	return ret;
}

static int fill(struct fill *f, const char *path)
{
	struct json_object *dump;
	size_t len;
	char *text;
	int ret;

	text = slurp_upto(path, &len, DUMP_MAX);
	if (!text) {
		ret = -errno;
		err("--map %s: %s", f->word, strerror(-ret));
		return ret;
	}
	dump = json_tokener_parse(text);
	free(text);
	f->key_size = bpf_map__key_size(f->map);
	f->value_size = bpf_map__value_size(f->map);
	f->cpus = is_percpu(bpf_map__type(f->map)) ? libbpf_num_possible_cpus() : 0;
	f->key = xcalloc(1, f->key_size + 8);
	f->value = xcalloc(f->cpus ?: 1, f->value_size + 8);
	ret = fill_from(f, dump);
	json_object_put(dump);
	free(f->key);
	free(f->value);
	return ret;
}

int maps_fill(const struct prog_opts *o, struct bpf_object *obj, const char *from)
{
	size_t i;
	int ret;

	for (i = 0; i < o->maps.n; i++) {
		const char *word = o->maps.word[i], *value = strchr(word, '=') + 1;
		struct fill f = { .obj = obj, .word = word, .map = find(obj, word) };

		if (!f.map || *value == '@')
			continue;
		ret = fill(&f, value);
		if (ret)
			return ret;
	}
	return 0;
}
