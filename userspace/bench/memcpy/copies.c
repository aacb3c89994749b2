// SPDX-License-Identifier: GPL-2.0-only
/* Table 6: the ways to copy memory, and how each is run */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "bench/memcpy/copies.h"
#include "core/run.h"
#include "core/util.h"
#include "memcpy.bpf.h"
#include "memcpy.skel.h"

#define KFUNC_MODULE	"hookcost_kfunc"
#define NATIVE_MODULE	"hookcost_native"
#define PARAMETERS	"/sys/module/" KFUNC_MODULE "/parameters/"
#define REP_MOVS_MIN	PARAMETERS "rep_movs_min"
#define REP_MOVS_SHORT	PARAMETERS "rep_movs_short"
#define NEVER		"4294967295"
#define SMALLEST	8

struct way {
	const char *key, *label;
	const char *program;
	const char *module;
	int native;		/* variant of bpf_native_copies() */
	bool loop, packet;
	bool kernel;		/* by its own kfunc */
};

static const struct way ways[COPY_NR_WAYS] = {
	[COPY_EBPF_NONE] = {
		"ebpf_none", "eBPF loop alone", "copy_none", .loop = true,
	},
	[COPY_EBPF_ITER_NONE] = {
		"ebpf_iter_none", "eBPF iterator alone", "copy_bytes_none",
		.loop = true,
	},
	[COPY_EBPF_BYTES] = { "ebpf_bytes", "eBPF byte loop", "copy_bytes" },
	[COPY_EBPF_U64] = { "ebpf_u64", "eBPF u64 loop", "copy_u64" },
	[COPY_EBPF_UNALIGNED] = {
		"ebpf_unaligned", "eBPF builtin, unaligned", "copy_unaligned",
	},
	[COPY_EBPF_BUILTIN] = {
		"ebpf_builtin", "eBPF builtin", "copy_builtin",
	},
	[COPY_EBPF_PROBE_READ] = {
		"ebpf_probe_read", "eBPF probe_read_kernel", "copy_probe_read",
	},
	[COPY_EBPF_LOAD_BYTES] = {
		"ebpf_load_bytes", "eBPF xdp_load_bytes", "copy_load_bytes",
		.packet = true,
	},
	[COPY_KERNEL] = {
		"kernel_memcpy", "kernel bpf_memcpy()", "copy_kernel", .kernel = true,
	},
	[COPY_KERNEL_CALL] = {
		"kernel_memcpy_call", "kernel bpf_memcpy() call", "copy_kernel_call",
		.kernel = true,
	},
	[COPY_KFUNC_REP_MOVS] = {
		"kfunc_rep_movs", "kfunc rep_movs", "copy_rep_movs",
		KFUNC_MODULE,
	},
	[COPY_KFUNC_MEMCPY] = {
		"kfunc_memcpy", "kfunc by size", "copy_memcpy", KFUNC_MODULE,
	},
	[COPY_KFUNC_MEMCPY_ONLY] = {
		"kfunc_memcpy_only", "kfunc memcpy() always", "copy_memcpy", KFUNC_MODULE,
	},
	[COPY_NATIVE_NONE] = {
		"native_none", "native loop alone", "copy_native", NATIVE_MODULE,
		COPY_HOW_NOTHING, .loop = true,
	},
	[COPY_NATIVE_BYTES] = {
		"native_bytes", "native byte loop", "copy_native", NATIVE_MODULE,
		COPY_HOW_BYTES,
	},
	[COPY_NATIVE_U64] = {
		"native_u64", "native u64 loop", "copy_native", NATIVE_MODULE,
		COPY_HOW_U64,
	},
	[COPY_NATIVE_MEMCPY] = {
		"native_memcpy", "native memcpy()", "copy_native", NATIVE_MODULE,
		COPY_HOW_MEMCPY,
	},
	[COPY_NATIVE_REP_MOVS] = {
		"native_rep_movs", "native rep movsb", "copy_native", NATIVE_MODULE,
		COPY_HOW_REP_MOVS,
	},
	[COPY_EBPF_HEADER] = { "ebpf_header", "eBPF structure", "copy_header" },
};

static __u8 packet[COPY_MAX];

const char *copies_key(enum copy_way way)
{
	return ways[way].key;
}

const char *copies_label(enum copy_way way)
{
	return ways[way].label;
}

bool copies_is_loop(enum copy_way way)
{
	return ways[way].loop;
}

bool copies_is_for_headers(enum copy_way way)
{
	switch (way) {
	case COPY_EBPF_NONE:
	case COPY_EBPF_UNALIGNED:
	case COPY_EBPF_HEADER:
	case COPY_KERNEL:
	case COPY_KERNEL_CALL:
	case COPY_KFUNC_MEMCPY:
	case COPY_NATIVE_NONE:
	case COPY_NATIVE_MEMCPY:
		return true;
	default:
		return false;
	}
}

bool copies_is_compared(enum copy_way way)
{
	switch (way) {
	case COPY_EBPF_BUILTIN:
	case COPY_KFUNC_REP_MOVS:
	case COPY_KFUNC_MEMCPY:
	case COPY_KFUNC_MEMCPY_ONLY:
		return true;
	default:
		return false;
	}
}

static struct bpf_program *program(struct memcpy_bpf *skel, enum copy_way way)
{
	return bpf_object__find_program_by_name(skel->obj, ways[way].program);
}

static int silent(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return 0;
}

/* Whether the kernel loads this way's program; its log would say no more than the reason does */
static int try_load(enum copy_way way)
{
	libbpf_print_fn_t print = libbpf_set_print(silent);
	struct memcpy_bpf *skel = memcpy_bpf__open();
	int ret = -errno;

	if (skel) {
		skel->rodata->size = SMALLEST;
		bpf_program__set_autoload(program(skel, way), true);
		ret = memcpy_bpf__load(skel);
	}
	memcpy_bpf__destroy(skel);
	libbpf_set_print(print);
	return ret;
}

/* Whether the kernel itself, and no module, has a function of this name for programs */
static bool kernel_has(const char *name)
{
	struct btf *btf = btf__load_vmlinux_btf();
	bool has = btf && btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;

	btf__free(btf);
	return has;
}

static char *reason(enum copy_way way)
{
	const char *module = ways[way].module;
	char path[128];
	int ret;

	if (module) {
		snprintf(path, sizeof(path), "/sys/module/%s", module);
		if (access(path, F_OK))
			return xasprintf("module %s is not loaded", module);
	}
	if (ways[way].kernel && !kernel_has("bpf_memcpy"))
		return xstrdup("this kernel has no bpf_memcpy()");
	if (way == COPY_KFUNC_MEMCPY_ONLY && access(REP_MOVS_MIN, W_OK))
		return xasprintf("cannot write " REP_MOVS_MIN ": %s", strerror(errno));
	ret = try_load(way);
	if (!ret)
		return NULL;
	if (ret == -EPERM)
		return xstrdup("the kernel does not load the programs; run as root");
	if (module)
		return xasprintf("module %s does not offer the kfunc to XDP programs: %s",
				 module, strerror(-ret));
	if (way == COPY_EBPF_PROBE_READ &&
	    !libbpf_probe_bpf_helper(BPF_PROG_TYPE_XDP, BPF_FUNC_probe_read_kernel, NULL))
		return xstrdup("this kernel has no bpf_probe_read_kernel(): no CONFIG_BPF_EVENTS");
	return xasprintf("the kernel does not load %s: %s", ways[way].program,
			 strerror(-ret));
}

int copies_probe(char *why[COPY_NR_WAYS])
{
	size_t i;

	for (i = 0; i < COPY_NR_WAYS; i++) {
		if (interrupted())
			return -EINTR;
		why[i] = reason(i);
	}
	return 0;
}

int copies_load(struct copies c[COPY_NR_WAYS], char *const why[COPY_NR_WAYS],
		unsigned int size)
{
	struct memcpy_bpf *skel = memcpy_bpf__open();
	size_t i;
	int ret;

	if (!skel) {
		ret = -errno;
		err("cannot open the copy programs: %s", strerror(-ret));
		return ret;
	}
	skel->rodata->size = size;
	skel->bss->size_now = size;
	for (i = 0; i < COPY_NR_WAYS; i++)
		if (!why[i])
			bpf_program__set_autoload(program(skel, i), true);
	ret = memcpy_bpf__load(skel);
	if (ret) {
		err("cannot load the copy programs for %u bytes: %s", size, strerror(-ret));
		memcpy_bpf__destroy(skel);
		return ret;
	}

	for (i = 0; i < COPY_NR_WAYS; i++) {
		memset(&c[i], 0, sizeof(c[i]));
		c[i].skel = skel;
		c[i].way = i;
		if (why[i])
			continue;
		c[i].how = COPY_HOW(ways[i].native, size, COPY_COUNT);
		c[i].run.prog_fd = bpf_program__fd(program(skel, i));
		if (ways[i].packet) {
			c[i].run.data = packet;
			c[i].run.size = size > TESTRUN_DATA_MIN ? size : TESTRUN_DATA_MIN;
		}
	}
	return 0;
}

void copies_unload(struct copies c[COPY_NR_WAYS])
{
	memcpy_bpf__destroy(c[0].skel);
	c[0].skel = NULL;
}

int copies_check(struct copies *c, unsigned int size)
{
	__u8 *src = c->skel->bss->buffers.src, *dst = c->skel->bss->buffers.dst;
	size_t i;
	int ret;

	if (ways[c->way].loop)
		return 0;
	for (i = 0; i < COPY_MAX; i++)
		packet[i] = (__u8)(i * 7 + 1);
	for (i = 0; i < COPY_BYTES; i++)
		src[i] = (__u8)(i * 13 + i / 251);
	memset(dst, 0, COPY_BYTES);

	c->skel->bss->how = c->how;
	ret = testrun_once(&c->run);
	if (ret < 0)
		return ret;
	if (c->skel->bss->result)
		return (int)c->skel->bss->result;
	for (i = 0; i < COPY_COUNT; i++) {
		const __u8 *from = ways[c->way].packet ? packet : src + i * size;

		if (memcmp(dst + i * size, from, size))
			return -EBADMSG;
	}
	/* and nothing behind them */
	for (i = COPY_COUNT * (size_t)size; i < COPY_BYTES; i++)
		if (dst[i])
			return -EOVERFLOW;
	return 0;
}

static void restore_parameter(const char *path, char *value)
{
	int ret;

	value[strcspn(value, "\n")] = '\0';
	ret = write_text(path, value);
	if (ret)
		err("cannot set %s back to %s: %s", path, value, strerror(-ret));
	free(value);
}

struct parameters {
	char *min, *shorts;
};

/* rep_movs_short last, as setting rep_movs_min sets it too */
static void restore(void *arg)
{
	struct parameters *p = arg;

	restore_parameter(REP_MOVS_MIN, p->min);
	restore_parameter(REP_MOVS_SHORT, p->shorts);
}

static double batch_memcpy_only(struct copies *c, uint64_t units)
{
	size_t mark = cleanup_mark();
	struct parameters p = {};
	double ns;
	int ret;

	p.min = slurp(REP_MOVS_MIN, NULL);
	ret = p.min ? 0 : -errno;
	if (!ret) {
		p.shorts = slurp(REP_MOVS_SHORT, NULL);
		ret = p.shorts ? cleanup_push(restore, &p) : -errno;
	}
	if (ret) {
		free(p.min);
		free(p.shorts);
		return ret;
	}
	ret = write_text(REP_MOVS_MIN, NEVER);
	ns = ret ? ret : testrun_batch(&c->run, units);
	cleanup_to(mark);
	return ns;
}

double copies_batch(void *copies, uint64_t units)
{
	struct copies *c = copies;

	if (c->way == COPY_KFUNC_MEMCPY_ONLY)
		return batch_memcpy_only(c, units);
	c->skel->bss->how = c->how;
	return testrun_batch(&c->run, units);
}
