/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of attached.h, for attached*.c and their tests */
#ifndef HOOKCOST_ATTACHED_PRIV_H
#define HOOKCOST_ATTACHED_PRIV_H

#include "net/attached.h"

struct nlmsghdr;

void attached_add(struct attached_list *l, const char *hook, const char *of, uint32_t id,
		  const char *name);
/* Its name is the kernel's */
void attached_add_program(struct attached_list *l, const char *hook, const char *of, uint32_t id);

/* XDP, and filters: what rtnetlink tells */
void attached_by_rtnl(int rtnl, unsigned int ifindex, const char *name, struct attached_list *l);
/* One message of an answer */
void attached_parse_link(const struct nlmsghdr *nh, const char *name, struct attached_list *l);
void attached_parse_filter(const struct nlmsghdr *nh, const char *hook, const char *name,
			   struct attached_list *l);

#endif /* HOOKCOST_ATTACHED_PRIV_H */
