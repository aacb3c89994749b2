/* SPDX-License-Identifier: GPL-2.0-only */
/* Which programs of the machine are watched, and what the kernel tells of them */
#ifndef HOOKCOST_WATCH_PROGRAM_H
#define HOOKCOST_WATCH_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/compiler.h"

#define WATCH_PROGRAMS	64

struct watched {
	uint32_t id;
	int fd;
	char name[128];			/* its function's, or the kernel's shorter one */
	const char *type;		/* "xdp" */
	char where[80];			/* "XDP of eth0", or "" */
	struct watch_probe *probe;	/* NULL: */
	char why[256];			/* why it has none */
};

struct watch_list {
	struct watched at[WATCH_PROGRAMS];
	size_t n;
};

/* Each adds to the list what is not on it; 0, or -errno with err() said */
int watch_add_id(struct watch_list *l, uint32_t id);
int watch_add_netdev(struct watch_list *l, const char *netdev);
/* All programs of networking that are loaded */
int watch_add_all(struct watch_list *l);
void watch_list_free(struct watch_list *l);

/* How often it has run and how long that took, by the kernel's own statistics (bpf_stats) */
int watch_statistics(const struct watched *w, uint64_t *runs, uint64_t *ns);
/* Whether those are on for all, by the sysctl */
bool watch_statistics_on(void);

#endif /* HOOKCOST_WATCH_PROGRAM_H */
