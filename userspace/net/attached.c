// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>

#include "core/util.h"
#include "net/attached.h"
#include "net/attached_priv.h"
#include "net/rtnl.h"

/* Of programs of this process's own; the kernel gives a number again only after 2^31 others */
#define KNOWN_MAX	64
/* At a hook with a list of them the kernel has 63 */
#define QUERY_MAX	64

/* attached_ours(), ascending */
static struct {
	uint32_t *id;
	size_t n;
} ours;

void attached_ours(uint32_t id)
{
	size_t i;

	ours.id = xrealloc(ours.id, ours.n + 1, sizeof(*ours.id));
	/* the newest has the largest, but after 2^31 others */
	for (i = ours.n++; i && ours.id[i - 1] > id; i--)
		ours.id[i] = ours.id[i - 1];
	ours.id[i] = id;
}

static int by_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool is_declared(uint32_t id)
{
	return ours.n && bsearch(&id, ours.id, ours.n, sizeof(id), by_id);
}

void attached_add(struct attached_list *l, const char *hook, const char *of, uint32_t id,
		  const char *name)
{
	struct attached *a = &l->at[l->n];

	if (is_declared(id) || l->n++ >= ATTACHED_MAX)
		return;
	snprintf(a->where, sizeof(a->where), "%s of %s", hook, of);
	snprintf(a->name, sizeof(a->name), "%s", name);
	a->id = id;
}

static void program_name(uint32_t id, char *name, size_t len)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id);

	name[0] = '\0';
	if (fd < 0)
		return;
	if (!bpf_prog_get_info_by_fd(fd, &info, &size))
		snprintf(name, len, "%s", info.name);
	close(fd);
}

void attached_add_program(struct attached_list *l, const char *hook, const char *of, uint32_t id)
{
	char name[BPF_OBJ_NAME_LEN];

	if (is_declared(id))
		return;
	program_name(id, name, sizeof(name));
	attached_add(l, hook, of, id, name);
}

/* target: an ifindex or a descriptor; whatever error: there is no such hook, or nothing to see */
static void query(int target, enum bpf_attach_type type, uint32_t flags, const char *hook,
		  const char *of, struct attached_list *l)
{
	__u32 ids[QUERY_MAX] = {}, i;

	LIBBPF_OPTS(bpf_prog_query_opts, opts,
		    .query_flags = flags,
		    .prog_ids = ids,
		    .prog_cnt = QUERY_MAX);
	/* with more than that it fails, and has told so many; elsewhere ids are 0 */
	bpf_prog_query_opts(target, type, &opts);
	for (i = 0; i < QUERY_MAX && ids[i]; i++)
		attached_add_program(l, hook, of, ids[i]);
}

void attached_to_netdev(int rtnl, unsigned int ifindex, const char *name,
			struct attached_list *l)
{
	static const struct {
		enum bpf_attach_type type;
		const char *hook;
	} types[] = {
		{ BPF_TCX_INGRESS, "tcx ingress" },
		{ BPF_TCX_EGRESS, "tcx egress" },
		{ BPF_NETKIT_PRIMARY, "netkit" },
		{ BPF_NETKIT_PEER, "netkit (peer)" },
	};
	size_t i;

	attached_by_rtnl(rtnl, ifindex, name, l);
	for (i = 0; i < ARRAY_SIZE(types); i++)
		query(ifindex, types[i].type, 0, types[i].hook, name, l);
}

void attached_to_netns(int ns, unsigned int type, const char *where, struct attached_list *l)
{
	query(ns, type, 0, type == BPF_SK_LOOKUP ? "socket lookup" : "flow dissector", where, l);
}

void attached_to_cgroup(int dir, const char *where, struct attached_list *l)
{
	static const struct {
		enum bpf_attach_type type;
		const char *hook;
	} types[] = {
		{ BPF_CGROUP_INET_INGRESS, "ingress" },
		{ BPF_CGROUP_INET_EGRESS, "egress" },
		{ BPF_CGROUP_SOCK_OPS, "sock_ops" },
		{ BPF_CGROUP_INET_SOCK_CREATE, "sock_create" },
		{ BPF_CGROUP_INET4_BIND, "bind4" },
		{ BPF_CGROUP_INET4_POST_BIND, "post_bind4" },
		{ BPF_CGROUP_INET4_CONNECT, "connect4" },
		{ BPF_CGROUP_UDP4_SENDMSG, "sendmsg4" },
		{ BPF_CGROUP_UDP4_RECVMSG, "recvmsg4" },
		{ BPF_CGROUP_SETSOCKOPT, "setsockopt" },
		{ BPF_CGROUP_GETSOCKOPT, "getsockopt" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		query(dir, types[i].type, BPF_F_QUERY_EFFECTIVE, types[i].hook, where, l);
}

/* What one of this process's descriptors is, or is a link to; 0: neither */
static uint32_t program_of(int dir, const char *number)
{
	struct bpf_prog_info prog = {};
	struct bpf_link_info link = {};
	__u32 prog_len = sizeof(prog), link_len = sizeof(link);
	char target[32] = "";
	int fd = atoi(number);

	if (readlinkat(dir, number, target, sizeof(target) - 1) < 0)
		return 0;
	if (!strcmp(target, "anon_inode:bpf-prog") &&
	    !bpf_prog_get_info_by_fd(fd, &prog, &prog_len))
		return prog.id;
	if (!strcmp(target, "anon_inode:bpf_link") &&
	    !bpf_link_get_info_by_fd(fd, &link, &link_len))
		return link.prog_id;
	return 0;
}

static bool has_open(uint32_t id)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	bool found = false;

	while (dir && !found && (e = readdir(dir)))
		found = program_of(dirfd(dir), e->d_name) == id;
	if (dir)
		closedir(dir);
	return found;
}

static bool is_ours(uint32_t id)
{
	static uint32_t known[KNOWN_MAX];
	static size_t at;
	size_t i;

	for (i = 0; i < KNOWN_MAX; i++)
		if (known[i] == id)
			return true;
	if (!has_open(id))
		return false;
	known[at++ % KNOWN_MAX] = id;
	return true;
}

void attached_leave_others(struct attached_list *l)
{
	size_t have = l->n < ATTACHED_MAX ? l->n : ATTACHED_MAX, kept = 0, i;

	for (i = 0; i < have; i++)
		if (!l->at[i].id || !is_ours(l->at[i].id))
			l->at[kept++] = l->at[i];
	l->n -= have - kept;
}

bool attached_text(const struct attached_list *l, char *text, size_t len)
{
	const struct attached *a = &l->at[0];
	char more[32] = "";

	if (!l->n)
		return false;
	if (l->n > 1)
		snprintf(more, sizeof(more), ", and %zu more", l->n - 1);
	if (a->id)
		snprintf(text, len, "%s has program %u%s%s%s%s", a->where, a->id,
			 *a->name ? " (" : "", a->name, *a->name ? ")" : "", more);
	else
		snprintf(text, len, "%s has a filter (%s)%s", a->where, a->name, more);
	return true;
}

bool attached_others_at(const char *netdev, char *text, size_t len)
{
	unsigned int ifindex = if_nametoindex(netdev);
	struct attached_list l = {};
	int rtnl;

	if (!ifindex)
		return false;
	rtnl = rtnl_open();
	if (rtnl < 0)
		return false;
	attached_to_netdev(rtnl, ifindex, netdev, &l);
	close(rtnl);
	attached_leave_others(&l);
	return attached_text(&l, text, len);
}
