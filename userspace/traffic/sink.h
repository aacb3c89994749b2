/* SPDX-License-Identifier: GPL-2.0-only */
/* A TCP server that reads and drops what it is sent, in a process of its own */
#ifndef HOOKCOST_SINK_H
#define HOOKCOST_SINK_H

#include <stdint.h>
#include "net/net.h"
#include "net/tool.h"

/* Since sink_reset() */
struct sink_count {
	uint32_t accepted, closed;	/* connections */
	uint64_t bytes;
	uint64_t first, last;		/* ns: when it read the first bytes, and the last */
};

struct sink {
	const struct net *net;
	unsigned int port;
	struct tool server;
	struct sink_count *count;	/* shared with the process */
};

/*
 * In B. cgroup: as in struct tool_setup. Pushes its end on the cleanup stack first; 0, or
 * -errno with err() said.
 */
int sink_start(struct sink *s, const struct net *n, unsigned int port, int cgroup);
/* While there is no connection */
void sink_reset(struct sink *s);
void sink_count(const struct sink *s, struct sink_count *c);

#endif /* HOOKCOST_SINK_H */
