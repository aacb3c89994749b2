/* SPDX-License-Identifier: GPL-2.0-only */
/* Settings of a netdev in /proc/sys and /sys that it loses while a bench has it */
#ifndef HOOKCOST_KEEP_H
#define HOOKCOST_KEEP_H

#include <stddef.h>

struct kept {
	char *path, *text;
};

struct keep {
	struct kept *file;
	size_t n;
};

/* conf and neigh of IPv4 and IPv6: anew in another namespace, and again when it comes back */
void keep_sysctls(struct keep *k, const char *netdev);
/* RPS, RFS and XPS of its queues: gone with a queue */
void keep_queues(struct keep *k, const char *netdev);
/* Writes what has another value now */
void keep_back(const struct keep *k);
void keep_forget(struct keep *k);

#endif /* HOOKCOST_KEEP_H */
