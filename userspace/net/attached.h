/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who is attached here: programs at the hooks that a packet passes, by the kernel's own
 * queries. Needs CAP_NET_ADMIN; a hook that the kernel does not have has no program.
 */
#ifndef HOOKCOST_ATTACHED_H
#define HOOKCOST_ATTACHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ATTACHED_MAX	32

struct attached {
	char where[80];			/* "tcx ingress of hc1" */
	uint32_t id;			/* 0: a TC filter that is no eBPF program */
	char name[32];			/* the program's, or the filter's kind */
};

/* n counts what has no room in at[], too */
struct attached_list {
	struct attached at[ATTACHED_MAX];
	size_t n;
};

/*
 * XDP in all its modes, tcx, netkit, and the filters of clsact or ingress, of a netdev of the
 * calling thread's namespace. rtnl: rtnl_open() of that namespace. Each adds to the list.
 */
void attached_to_netdev(int rtnl, unsigned int ifindex, const char *name,
			struct attached_list *l);
/* BPF_FLOW_DISSECTOR, BPF_SK_LOOKUP, or the like, of a network namespace */
void attached_to_netns(int ns, unsigned int type, const char *where, struct attached_list *l);
/* What runs for the IPv4 sockets of a cgroup, its parents' programs among it */
void attached_to_cgroup(int dir, const char *where, struct attached_list *l);

/*
 * A program of this process's own, which is on no list from now on: a chain has too many to
 * look for each among the descriptors
 */
void attached_ours(uint32_t id);
/* Takes off the list what this process has open, as the program or as a link to it */
void attached_leave_others(struct attached_list *l);
/* "tcx ingress of hc1 has program 17 (name)", and how many more there are; false: none */
bool attached_text(const struct attached_list *l, char *text, size_t len);

/* Both for a netdev by its name, before it is taken: whether others have a program there */
bool attached_others_at(const char *netdev, char *text, size_t len);

#endif /* HOOKCOST_ATTACHED_H */
