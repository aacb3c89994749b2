// SPDX-License-Identifier: GPL-2.0-only
/* Global variables that are set before a program is loaded: --const NAME=VALUE */
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "core/run.h"
#include "core/util.h"
#include "prog/prog.h"
#include "prog/value.h"

struct variable {
	void *at;			/* NULL: there is none */
	size_t size;
	uint32_t type;
};

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

/* The initial values of a section's variables */
static void *section_values(const struct bpf_object *obj, const char *section, size_t *size)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj)
		if (bpf_map__is_internal(map) && ends_with(bpf_map__name(map), section))
			return bpf_map__initial_value(map, size);
	return NULL;
}

static bool find_in(const struct bpf_object *obj, const struct btf *btf, const struct btf_type *sec,
		    const char *name, struct variable *v)
{
	const char *section = btf__name_by_offset(btf, sec->name_off);
	const struct btf_var_secinfo *info = btf_var_secinfos(sec);
	const struct btf_type *var;
	size_t size = 0;
	char *values;
	int i;

	if (strncmp(section, ".rodata", 7) && strncmp(section, ".data", 5) &&
	    strncmp(section, ".bss", 4))
		return false;
	for (i = 0; i < btf_vlen(sec); i++) {
		var = btf__type_by_id(btf, info[i].type);
		if (!var || strcmp(btf__name_by_offset(btf, var->name_off) ?: "", name))
			continue;
		values = section_values(obj, section, &size);
		if (!values || (uint64_t)info[i].offset + info[i].size > size)
			return false;
		v->at = values + info[i].offset;
		v->size = info[i].size;
		v->type = var->type;
		return true;
	}
	return false;
}

static bool find(const struct bpf_object *obj, const char *name, struct variable *v)
{
	const struct btf *btf = bpf_object__btf(obj);
	const struct btf_type *t;
	size_t i;

	for (i = 1; btf && i < btf__type_cnt(btf); i++) {
		t = btf__type_by_id(btf, i);
		if (btf_is_datasec(t) && find_in(obj, btf, t, name, v))
			return true;
	}
	return false;
}

static int set(struct bpf_object *obj, const char *from, const char *word, const char *name,
	       const char *text, bool *used)
{
	struct json_object *value;
	struct variable v = { 0 };
	char why[160];
	int ret;

	if (!find(obj, name, &v))
		return 0;
	*used = true;
	/* what is no JSON is a text; a number may be hexadecimal */
	value = json_tokener_parse(text);
	if (!value || !strncmp(text, "0x", 2)) {
		json_object_put(value);
		value = json_object_new_string(text);
	}
	memset(v.at, 0, v.size);
	ret = value_of_type(bpf_object__btf(obj), v.type, value, v.at, v.size, why, sizeof(why));
	if (ret)
		err("%s: --const %s: %s", from, word, why);
	json_object_put(value);
	return ret;
}

int consts_set(const struct prog_opts *o, struct bpf_object *obj, const char *from, bool *used)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < o->consts.n && !ret; i++) {
		const char *word = o->consts.word[i], *equals = strchr(word, '=');
		char *name = xstrdup(word);

		name[equals - word] = '\0';
		ret = set(obj, from, word, name, equals + 1, &used[i]);
		free(name);
	}
	return ret;
}
