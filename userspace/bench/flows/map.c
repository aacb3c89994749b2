// SPDX-License-Identifier: GPL-2.0-only
/* Figures 11 and 12: the maps of counters, filled and read */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/flows/flows.h"
#include "core/run.h"
#include "core/util.h"
#include "traffic/zipf.h"
#include "flows.bpf.h"
#include "flows.skel.h"

static int map_fd(const struct flows *f, enum flows_side side)
{
	switch (side) {
	case FLOWS_ARRAY:
		return bpf_map__fd(f->skel->maps.array);
	case FLOWS_HASH:
		return bpf_map__fd(f->skel->maps.hash);
	case FLOWS_LRU_HASH:
		return bpf_map__fd(f->skel->maps.lru_hash);
	default:
		return -1;
	}
}

struct bpf_program *flows_program(const struct flows *f, enum flows_side side)
{
	switch (side) {
	case FLOWS_ARRAY:
		return f->skel->progs.count_array;
	case FLOWS_HASH:
		return f->skel->progs.count_hash;
	case FLOWS_LRU_HASH:
		return f->skel->progs.count_lru_hash;
	default:
		return NULL;
	}
}

/* Every flow has its entry before the first frame: what is measured is the look-up */
static int fill(const struct flows *f, enum flows_side side)
{
	uint32_t *key = xcalloc(f->flows, sizeof(*key)), n = f->flows, i;
	uint64_t *value = xcalloc(f->flows, sizeof(*value));
	int ret;

	for (i = 0; i < n; i++)
		key[i] = i;
	ret = bpf_map_update_batch(map_fd(f, side), key, value, &n, NULL);
	if (ret)
		err("cannot fill the map %s with %u flows: %s", flows_side_name[side], f->flows,
		    strerror(-ret));
	free(key);
	free(value);
	return ret;
}

int flows_load(struct flows *f)
{
	int ret;

	f->skel = flows_bpf__open_and_load();
	if (!f->skel) {
		ret = -errno;
		err("cannot load the programs that count flows: %s%s", strerror(-ret),
		    ret == -EPERM ? "; run as root" : "");
		return ret;
	}
	f->skel->bss->flow_base = ntohl(f->net.a.addr.s_addr);
	/* the array has all of its entries from the start */
	return fill(f, FLOWS_HASH) ?: fill(f, FLOWS_LRU_HASH);
}

void flows_unload(struct flows *f)
{
	flows_bpf__destroy(f->skel);
	f->skel = NULL;
}

/* All entries of a map; *n: in, room for so many; out, entries. 0 or -errno. */
static int read_map(int fd, uint32_t *key, uint64_t *value, uint32_t *n)
{
	uint32_t room = *n, token = 0, some;
	void *in = NULL;
	int ret;

	*n = 0;
	do {
		some = room - *n;
		ret = bpf_map_lookup_batch(fd, in, &token, key + *n, value + *n, &some, NULL);
		if (ret && ret != -ENOENT)
			return ret;
		*n += some;
		in = &token;
	} while (!ret && *n < room);
	return 0;
}

int flows_read(struct flows_point *p)
{
	struct flows *f = p->f;
	uint32_t room = FLOWS_ENTRIES + 1, n = room, i;
	uint32_t *key = xcalloc(room, sizeof(*key));
	uint64_t *value = xcalloc(room, sizeof(*value));
	uint64_t *count = xcalloc(f->flows, sizeof(*count));
	int ret;

	ret = read_map(map_fd(f, p->side), key, value, &n);
	if (ret)
		err("cannot read the map %s: %s", flows_side_name[p->side], strerror(-ret));
	for (i = 0; i < n && !ret; i++) {
		if (key[i] >= f->flows) {
			p->foreign += value[i];
			continue;
		}
		count[key[i]] = value[i];
		p->counted += value[i];
		p->seen += value[i] > 0;
	}
	if (!ret) {
		double repeat = zipf_repeat(p->count.sent, f->gen.ring);
		uint64_t draws = p->count.sent;

		if (f->gen.ring && draws > f->gen.ring)
			draws = f->gen.ring;
		p->expected_seen = zipf_distinct(f->flows, f->exponent, draws, &p->seen_sd);
		p->exponent = zipf_fit(count, f->flows);
		p->deviation = zipf_deviation(count, f->flows, f->exponent, repeat);
	}
	free(key);
	free(value);
	free(count);
	return ret;
}
