// SPDX-License-Identifier: GPL-2.0-only
/* Table 4's accesses to maps, by system call and mapped, and the system call alone */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench/access/access.h"
#include "core/run.h"
#include "core/util.h"

/* The least recently used are dropped before the map is full, and none may be */
#define LRU_ROOM	8
#define NO_COMMAND	0x7fffffff	/* of bpf(2) */

static int fail(struct access *a, const char *what, int ret)
{
	snprintf(a->why, sizeof(a->why), "cannot %s: %s%s", what, strerror(-ret),
		 ret == -EPERM ? "; run as root" : "");
	return ret;
}

static void access_close(void *arg)
{
	struct access *a = arg;

	if (a->ops->close)
		a->ops->close(a);
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

int access_open(struct access *a, const struct access_ops *ops, const uint32_t *keys,
		const struct device *device)
{
	int ret;

	memset(a, 0, sizeof(*a));
	a->ops = ops;
	a->keys = keys;
	a->device = device;
	a->fd = -1;
	a->cpus = 1;
	ret = cleanup_push(access_close, a);
	if (ret)
		return fail(a, "have it undone", ret);
	return ops->open ? ops->open(a) : 0;
}

double access_batch(void *arg, uint64_t units)
{
	struct access *a = arg;
	double from = now_ns();

	a->ops->read(a, units);
	a->done += units;
	return now_ns() - from;
}

static bool is_percpu(uint32_t type)
{
	return type == BPF_MAP_TYPE_PERCPU_ARRAY || type == BPF_MAP_TYPE_PERCPU_HASH ||
	       type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

static bool is_lru(uint32_t type)
{
	return type == BPF_MAP_TYPE_LRU_HASH || type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

static void expected(const struct access *a, uint32_t key, struct channel_record *value)
{
	unsigned int cpu, word;

	for (cpu = 0; cpu < a->cpus; cpu++)
		for (word = 0; word < CHANNEL_WORDS; word++)
			value[cpu].word[word] = access_word(key, cpu, word);
}

static int map_create(struct access *a)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = a->ops->map_flags);
	uint32_t type = a->ops->map_type;
	int cpus;

	if (is_percpu(type)) {
		cpus = libbpf_num_possible_cpus();
		if (cpus < 0)
			return fail(a, "tell how many CPUs there can be", cpus);
		a->cpus = cpus;
	}
	a->fd = bpf_map_create(type, "hookcost_access", sizeof(uint32_t),
			       sizeof(struct channel_record),
			       is_lru(type) ? LRU_ROOM * ACCESS_ENTRIES : ACCESS_ENTRIES, &opts);
	return a->fd < 0 ? fail(a, "make the map", -errno) : 0;
}

static int map_fill(struct access *a)
{
	uint32_t key;

	for (key = 0; key < ACCESS_ENTRIES; key++) {
		expected(a, key, a->value);
		if (bpf_map_update_elem(a->fd, &key, a->value, BPF_ANY))
			return fail(a, "fill the map", -errno);
	}
	return 0;
}

/* Every word of every entry, once; the timed accesses look at one of each value */
static int map_verify(struct access *a)
{
	size_t size = a->cpus * sizeof(*a->value);
	struct channel_record *want = xcalloc(1, size);
	uint32_t key;
	int ret = 0;

	for (key = 0; key < ACCESS_ENTRIES && !ret; key++) {
		expected(a, key, want);
		if (bpf_map_lookup_elem(a->fd, &key, a->value))
			ret = fail(a, "find an entry of the map", -errno);
		else
			a->wrong += !!memcmp(want, a->value, size);
	}
	free(want);
	return ret;
}

static int lookup_open(struct access *a)
{
	int ret = map_create(a);

	if (ret)
		return ret;
	a->value = xcalloc(a->cpus, sizeof(*a->value));
	return map_fill(a) ?: map_verify(a);
}

static void lookup_close(struct access *a)
{
	free(a->value);
	a->value = NULL;
}

static void lookup_read(struct access *a, uint64_t n)
{
	uint64_t i, wrong = 0;
	unsigned int cpu;

	for (i = 0; i < n; i++) {
		uint32_t key = a->keys[i % ACCESS_KEYS];

		/* what a look-up that fails leaves behind is the value before */
		a->value[0].word[0] = 0;
		wrong += !!bpf_map_lookup_elem(a->fd, &key, a->value);
		for (cpu = 0; cpu < a->cpus; cpu++)
			wrong += a->value[cpu].word[0] != access_word(key, cpu, 0);
	}
	a->wrong += wrong;
}

#define LOOKUP(name, mapped, head)					\
const struct access_ops access_##name = {				\
	.key = #name,							\
	.label = head,							\
	.paper = #mapped,						\
	.call = true,							\
	.map_type = BPF_MAP_TYPE_##mapped,				\
	.open = lookup_open,						\
	.close = lookup_close,						\
	.read = lookup_read,						\
}

LOOKUP(array, ARRAY, "ARRAY");
LOOKUP(hash, HASH, "HASH");
LOOKUP(lru_hash, LRU_HASH, "LRU_HASH");
LOOKUP(percpu_array, PERCPU_ARRAY, "PERCPU_ARRAY");
LOOKUP(percpu_hash, PERCPU_HASH, "PERCPU_HASH");
LOOKUP(lru_percpu_hash, LRU_PERCPU_HASH, "LRU_PERCPU_HASH");

static int mmap_open(struct access *a)
{
	uint32_t key;
	int ret = map_create(a);

	if (ret)
		return ret;
	a->map_len = ACCESS_ENTRIES * sizeof(*a->value);
	a->value = mmap(NULL, a->map_len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
			a->fd, 0);
	if (a->value == MAP_FAILED) {
		a->value = NULL;
		return fail(a, "map the array", -errno);
	}
	/* written by system call, to be read from memory */
	for (key = 0; key < ACCESS_ENTRIES; key++) {
		struct channel_record r;

		expected(a, key, &r);
		if (bpf_map_update_elem(a->fd, &key, &r, BPF_ANY))
			return fail(a, "fill the map", -errno);
		a->wrong += !!memcmp(&r, &a->value[key], sizeof(r));
	}
	return 0;
}

static void mmap_close(struct access *a)
{
	if (a->value)
		munmap(a->value, a->map_len);
	a->value = NULL;
}

static void mmap_read(struct access *a, uint64_t n)
{
	const volatile struct channel_record *value = a->value;
	uint64_t i, wrong = 0;

	for (i = 0; i < n; i++) {
		uint32_t key = a->keys[i % ACCESS_KEYS];

		wrong += value[key].word[0] != access_word(key, 0, 0);
	}
	a->wrong += wrong;
}

const struct access_ops access_mmap = {
	.key = "mmap",
	.label = "ARRAY, mapped",
	.paper = "ARRAY mmap",
	.map_type = BPF_MAP_TYPE_ARRAY,
	.map_flags = BPF_F_MMAPABLE,
	.open = mmap_open,
	.close = mmap_close,
	.read = mmap_read,
};

/* What all contain: a key is taken, and a word compared with what belongs to it */
static void loop_read(struct access *a, uint64_t n)
{
	uint64_t i, wrong = 0;

	for (i = 0; i < n; i++) {
		uint32_t key = a->keys[i % ACCESS_KEYS];
		uint64_t word = access_word(key, 0, 0);

		/* not to be seen through */
		asm volatile("" : "+r"(word));
		wrong += word != access_word(key, 0, 0);
	}
	a->wrong += wrong;
}

const struct access_ops access_loop = {
	.key = "loop",
	.label = "loop alone",
	.read = loop_read,
};

static void getppid_read(struct access *a, uint64_t n)
{
	long parent = getppid();
	uint64_t i, wrong = 0;

	for (i = 0; i < n; i++)
		wrong += syscall(SYS_getppid) != parent;
	/* an orphan's parent changes once */
	a->wrong += wrong > 1 && getppid() == parent;
}

const struct access_ops access_getppid = {
	.key = "getppid",
	.label = "system call alone, getppid(2)",
	.read = getppid_read,
};

/* As far as a look-up comes before it is one: the arguments are copied and looked at */
static void refused_read(struct access *a, uint64_t n)
{
	union bpf_attr attr = {};
	uint64_t i, wrong = 0;

	for (i = 0; i < n; i++)
		wrong += syscall(SYS_bpf, NO_COMMAND, &attr, sizeof(attr)) != -1;
	a->wrong += wrong + (errno != EINVAL);
}

const struct access_ops access_refused = {
	.key = "refused",
	.label = "bpf(2) that fails at once",
	.read = refused_read,
};
