// SPDX-License-Identifier: GPL-2.0-only
/* Where a program that redirects may send a packet: what its maps say */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/pkt_cls.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/json.h"
#include "core/util.h"
#include "prog/expect.h"
#include "prog/frames.h"
#include "prog/tables.h"

#define MAPS_MAX	256
#define ENTRIES_MAX	8

static size_t count(const struct prog *p, const struct subject *s)
{
	int redirect = s->type == BPF_PROG_TYPE_XDP ? (int)XDP_REDIRECT : TC_ACT_REDIRECT;
	size_t i, n = 0;

	for (i = 0; i < p->frames->norder; i++)
		n += s->expected[p->frames->order[i]].verdict == redirect;
	return n;
}

static bool leads_somewhere(__u32 type)
{
	return type == BPF_MAP_TYPE_DEVMAP || type == BPF_MAP_TYPE_DEVMAP_HASH ||
	       type == BPF_MAP_TYPE_CPUMAP || type == BPF_MAP_TYPE_XSKMAP;
}

/* A netdev by its name, where it has one here */
static void name_target(__u32 type, __u32 key, const __u32 *value, char *text, size_t len)
{
	char name[IF_NAMESIZE];

	if (type == BPF_MAP_TYPE_CPUMAP)
		snprintf(text, len, "CPU %u", key);
	else if (if_indextoname(value[0], name))
		snprintf(text, len, "%u to %s", key, name);
	else
		snprintf(text, len, "%u to netdev %u", key, value[0]);
}

/* "tx_ports (devmap): 0 to eth0, 1 to eth1"; NULL: no such map */
static char *targets_of(int fd)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info), key, next, n = 0, *value;
	char *text, *more, one[64];

	if (bpf_map_get_info_by_fd(fd, &info, &len) || !leads_somewhere(info.type))
		return NULL;
	text = xasprintf("%s (%s):", info.name, libbpf_bpf_map_type_str(info.type));
	value = xcalloc(1, info.value_size < 8 ? 8 : info.value_size);
	for (len = 0; !bpf_map_get_next_key(fd, len ? &key : NULL, &next); key = next, len = 1) {
		/* an AF_XDP socket has no name, and is not shown */
		if (info.type != BPF_MAP_TYPE_XSKMAP && bpf_map_lookup_elem(fd, &next, value))
			continue;
		if (n++ == ENTRIES_MAX)
			break;
		if (info.type == BPF_MAP_TYPE_XSKMAP)
			snprintf(one, sizeof(one), "sockets");
		else
			name_target(info.type, next, value, one, sizeof(one));
		more = xasprintf("%s%s %s", text, n > 1 ? "," : "", one);
		free(text);
		text = more;
		if (info.type == BPF_MAP_TYPE_XSKMAP)
			break;
	}
	free(value);
	more = xasprintf("%s%s", text, !n ? " empty" : n > ENTRIES_MAX ? ", ..." : "");
	free(text);
	return more;
}

/* What one of its maps says, in text and facts; whether it leads anywhere */
static bool add_map(struct prog *p, const struct subject *s, __u32 id, double share,
		    struct json_object *list)
{
	int fd = bpf_map_get_fd_by_id(id);
	char *text = fd >= 0 ? targets_of(fd) : NULL;
	bool any = text;

	if (any) {
		result_note(p->res, "%s redirects %.1f %% of the packets, by %s.", s->label, share,
			    text);
		json_object_array_add(list, json_object_new_string(text));
	}
	free(text);
	if (fd >= 0)
		close(fd);
	return any;
}

static struct json_object *redirects_of(struct prog *p, const struct subject *s, double share)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	struct json_object *names = redirects_by_name(s);
	struct bpf_prog_info info = {};
	__u32 ids[MAPS_MAX], len = sizeof(info), i;
	bool any = json_object_array_length(names);

	info.map_ids = (uintptr_t)ids;
	info.nr_map_ids = MAPS_MAX;
	if (bpf_prog_get_info_by_fd(s->fd, &info, &len))
		info.nr_map_ids = 0;
	for (i = 0; i < info.nr_map_ids && i < MAPS_MAX; i++)
		any |= add_map(p, s, ids[i], share, list);
	for (i = 0; i < json_object_array_length(names); i++)
		result_note(p->res, "%s redirects %.1f %% of the packets, by %s.", s->label, share,
			    json_object_get_string(json_object_array_get_idx(names, i)));
	if (!any)
		result_note(p->res,
			    "%s redirects %.1f %% of the packets, by no map: to a netdev that it names itself.",
			    s->label, share);
	json_object_object_add(o, "share", json_number(share));
	json_object_object_add(o, "maps", list);
	json_object_object_add(o, "netdevs", names);
	return o;
}

void redirects_notes(struct prog *p)
{
	struct json_object *fact = NULL;
	size_t i, n;

	for (i = 0; i < p->nsubjects; i++) {
		n = count(p, &p->subject[i]);
		if (!n)
			continue;
		fact = fact ?: json_object_new_object();
		json_object_object_add(fact, p->subject[i].key,
				       redirects_of(p, &p->subject[i],
						    100.0 * n / p->frames->norder));
	}
	if (fact)
		result_fact(p->res, "redirects", fact);
}
