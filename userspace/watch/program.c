// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "core/run.h"
#include "core/util.h"
#include "net/attached.h"
#include "net/rtnl.h"
#include "watch/probe.h"
#include "watch/program.h"

/* What a packet meets on its way, or a message */
static const enum bpf_prog_type networking[] = {
	BPF_PROG_TYPE_XDP, BPF_PROG_TYPE_SCHED_CLS, BPF_PROG_TYPE_SCHED_ACT,
	BPF_PROG_TYPE_SK_SKB, BPF_PROG_TYPE_SK_MSG, BPF_PROG_TYPE_SOCKET_FILTER,
	BPF_PROG_TYPE_CGROUP_SKB, BPF_PROG_TYPE_SOCK_OPS, BPF_PROG_TYPE_FLOW_DISSECTOR,
	BPF_PROG_TYPE_SK_LOOKUP, BPF_PROG_TYPE_SK_REUSEPORT, BPF_PROG_TYPE_NETFILTER,
	BPF_PROG_TYPE_LWT_IN, BPF_PROG_TYPE_LWT_OUT, BPF_PROG_TYPE_LWT_XMIT,
};

/*
 * The name of its function. The kernel cuts a program's name off; that in its type information
 * is whole, and what a probe is attached by. "": it has no type information.
 */
static void function_name(int fd, char *name, size_t len)
{
	struct bpf_prog_info info = {};
	struct bpf_func_info first = {};
	const struct btf_type *t;
	__u32 size = sizeof(info);
	struct btf *btf;

	name[0] = '\0';
	info.nr_func_info = 1;
	info.func_info_rec_size = sizeof(first);
	info.func_info = (__u64)(unsigned long)&first;
	if (bpf_prog_get_info_by_fd(fd, &info, &size) || !info.btf_id || !info.nr_func_info)
		return;
	btf = btf__load_from_kernel_by_id(info.btf_id);
	if (!btf)
		return;
	t = btf__type_by_id(btf, first.type_id);
	if (t)
		snprintf(name, len, "%s", btf__name_by_offset(btf, t->name_off) ?: "");
	btf__free(btf);
}

static int add(struct watch_list *l, uint32_t id, const char *where, bool quiet)
{
	struct watched *w = &l->at[l->n];
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);
	size_t i;
	int fd;

	for (i = 0; i < l->n; i++)
		if (l->at[i].id == id)
			return 0;
	if (l->n == WATCH_PROGRAMS) {
		err("more than %d programs; name those to watch by --id", WATCH_PROGRAMS);
		return -E2BIG;
	}
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0 || bpf_prog_get_info_by_fd(fd, &info, &size)) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		/* of all, one may have been unloaded since they were listed */
		if (quiet && error == ENOENT)
			return 0;
		err("program %u: %s%s", id, strerror(error),
		    error == EPERM ? "; run as root" :
		    error == ENOENT ? "; bpftool prog has their numbers" : "");
		return -error;
	}
	memset(w, 0, sizeof(*w));
	w->id = id;
	w->fd = fd;
	w->type = libbpf_bpf_prog_type_str(info.type) ?: "unknown";
	snprintf(w->where, sizeof(w->where), "%s", where);
	function_name(fd, w->name, sizeof(w->name));
	if (!*w->name) {
		snprintf(w->name, sizeof(w->name), "%s", info.name);
		snprintf(w->why, sizeof(w->why),
			 "it has no type information (BTF), by which a probe finds it");
	}
	l->n++;
	return 0;
}

int watch_add_id(struct watch_list *l, uint32_t id)
{
	return add(l, id, "", false);
}

int watch_add_netdev(struct watch_list *l, const char *netdev)
{
	unsigned int ifindex = if_nametoindex(netdev);
	struct attached_list attached = {};
	size_t i, before = l->n;
	int rtnl, ret = 0;

	if (!ifindex) {
		err("there is no netdev %s here; ip link lists them", netdev);
		return -ENODEV;
	}
	rtnl = rtnl_open();
	if (rtnl < 0) {
		err("cannot ask for the programs of %s: %s", netdev, strerror(-rtnl));
		return rtnl;
	}
	attached_to_netdev(rtnl, ifindex, netdev, &attached);
	close(rtnl);
	for (i = 0; i < attached.n && i < ATTACHED_MAX && !ret; i++)
		if (attached.at[i].id)
			ret = add(l, attached.at[i].id, attached.at[i].where, false);
	if (!ret && l->n == before) {
		err("no program is attached to %s; ip link and tc filter show them", netdev);
		ret = -ENOENT;
	}
	return ret;
}

int watch_add_all(struct watch_list *l)
{
	__u32 id = 0;
	int ret = 0;

	while (!ret && !bpf_prog_get_next_id(id, &id)) {
		int fd = bpf_prog_get_fd_by_id(id);
		struct bpf_prog_info info = {};
		__u32 size = sizeof(info);
		size_t i;

		if (fd < 0)
			continue;
		if (!bpf_prog_get_info_by_fd(fd, &info, &size))
			for (i = 0; i < ARRAY_SIZE(networking) && !ret; i++)
				if (info.type == networking[i])
					ret = add(l, id, "", true);
		close(fd);
	}
	if (!ret && errno == EPERM) {
		err("cannot list the programs: %s; run as root", strerror(errno));
		ret = -EPERM;
	}
	return ret;
}

void watch_list_free(struct watch_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		watch_probe_free(l->at[i].probe);
		close(l->at[i].fd);
	}
	l->n = 0;
}

int watch_statistics(const struct watched *w, uint64_t *runs, uint64_t *ns)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_prog_get_info_by_fd(w->fd, &info, &size))
		return -errno;
	*runs = info.run_cnt;
	*ns = info.run_time_ns;
	return 0;
}

bool watch_statistics_on(void)
{
	char line[16];

	return read_line("/proc/sys/kernel/bpf_stats_enabled", line, sizeof(line)) &&
	       strcmp(line, "0");
}
