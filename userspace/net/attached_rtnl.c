// SPDX-License-Identifier: GPL-2.0-only
/* XDP programs, and the filters of clsact and ingress, as rtnetlink tells of them */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "core/util.h"
#include "net/attached_priv.h"
#include "net/rtnl.h"

/* Attributes of a message, by type; those from max on are left out */
static void parse(const struct rtattr *a, int len, const struct rtattr *out[], unsigned int max)
{
	memset(out, 0, max * sizeof(*out));
	for (; RTA_OK(a, len); a = RTA_NEXT(a, len))
		if ((a->rta_type & NLA_TYPE_MASK) < max)
			out[a->rta_type & NLA_TYPE_MASK] = a;
}

static uint32_t u32_of(const struct rtattr *a)
{
	uint32_t v = 0;

	if (a && RTA_PAYLOAD(a) >= sizeof(v))
		memcpy(&v, RTA_DATA(a), sizeof(v));
	return v;
}

/* NUL-terminated or not */
static void text_of(const struct rtattr *a, char *text, size_t len)
{
	snprintf(text, len, "%.*s", a ? (int)RTA_PAYLOAD(a) : 0, a ? (char *)RTA_DATA(a) : "");
}

void attached_parse_link(const struct nlmsghdr *nh, const char *name, struct attached_list *l)
{
	static const struct {
		unsigned int attr;
		const char *hook;
	} modes[] = {
		{ IFLA_XDP_DRV_PROG_ID, "XDP" },
		{ IFLA_XDP_SKB_PROG_ID, "XDP (generic)" },
		{ IFLA_XDP_HW_PROG_ID, "XDP (offloaded)" },
	};
	const struct rtattr *attr[IFLA_XDP + 1], *xdp[IFLA_XDP_MAX + 1];
	const struct ifinfomsg *ifi = NLMSG_DATA(nh);
	uint32_t id;
	size_t i;

	if (nh->nlmsg_type != RTM_NEWLINK || nh->nlmsg_len < NLMSG_LENGTH(sizeof(*ifi)))
		return;
	parse(IFLA_RTA(ifi), IFLA_PAYLOAD(nh), attr, ARRAY_SIZE(attr));
	if (!attr[IFLA_XDP])
		return;
	parse(RTA_DATA(attr[IFLA_XDP]), RTA_PAYLOAD(attr[IFLA_XDP]), xdp, ARRAY_SIZE(xdp));
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		id = u32_of(xdp[modes[i].attr]);
		if (id)
			attached_add_program(l, modes[i].hook, name, id);
	}
}

/*
 * A chain's priority has a message of its own before its filters, which have a handle. What a
 * filter of another kind than "bpf" does is not looked at: there should be none.
 */
void attached_parse_filter(const struct nlmsghdr *nh, const char *hook, const char *name,
			   struct attached_list *l)
{
	const struct rtattr *attr[TCA_OPTIONS + 1], *bpf[TCA_BPF_MAX + 1];
	const struct tcmsg *tc = NLMSG_DATA(nh);
	char kind[16], program[32];
	uint32_t id = 0;

	if (nh->nlmsg_type != RTM_NEWTFILTER || nh->nlmsg_len < NLMSG_LENGTH(sizeof(*tc)) ||
	    !tc->tcm_handle)
		return;
	parse(TCA_RTA(tc), TCA_PAYLOAD(nh), attr, ARRAY_SIZE(attr));
	text_of(attr[TCA_KIND], kind, sizeof(kind));
	if (!strcmp(kind, "bpf") && attr[TCA_OPTIONS]) {
		parse(RTA_DATA(attr[TCA_OPTIONS]), RTA_PAYLOAD(attr[TCA_OPTIONS]), bpf,
		      ARRAY_SIZE(bpf));
		id = u32_of(bpf[TCA_BPF_ID]);
		text_of(bpf[TCA_BPF_NAME], program, sizeof(program));
	}
	if (id && !*program)
		attached_add_program(l, hook, name, id);
	else
		attached_add(l, hook, name, id, id ? program : kind);
}

struct request {
	struct nlmsghdr nh;
	union {
		struct ifinfomsg ifi;
		struct tcmsg tc;
	};
};

struct answer {
	const char *hook, *name;	/* hook: NULL for a netdev */
	struct attached_list *l;
};

static void each(const struct nlmsghdr *nh, void *arg)
{
	const struct answer *a = arg;

	if (a->hook)
		attached_parse_filter(nh, a->hook, a->name, a->l);
	else
		attached_parse_link(nh, a->name, a->l);
}

/* Whatever error: there is no such hook, or nothing to see */
static void ask(int rtnl, struct request *r, const char *hook, const char *name,
		struct attached_list *l)
{
	r->nh.nlmsg_flags |= NLM_F_REQUEST;
	rtnl_ask(rtnl, &r->nh, each, &(struct answer){ hook, name, l });
}

static void ask_filters(int rtnl, unsigned int ifindex, uint32_t parent, const char *hook,
			const char *name, struct attached_list *l)
{
	struct request r = {
		.nh = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(r.tc)),
			.nlmsg_type = RTM_GETTFILTER,
			.nlmsg_flags = NLM_F_DUMP,
		},
		.tc = { .tcm_ifindex = (int)ifindex, .tcm_parent = parent },
	};

	ask(rtnl, &r, hook, name, l);
}

void attached_by_rtnl(int rtnl, unsigned int ifindex, const char *name, struct attached_list *l)
{
	struct request r = {
		.nh = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(r.ifi)),
			.nlmsg_type = RTM_GETLINK,
		},
		.ifi = { .ifi_index = (int)ifindex },
	};

	ask(rtnl, &r, NULL, name, l);
	ask_filters(rtnl, ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS), "TC ingress", name, l);
	ask_filters(rtnl, ifindex, TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS), "TC egress", name, l);
}
