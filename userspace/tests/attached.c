// SPDX-License-Identifier: GPL-2.0-only
/* What rtnetlink answers about programs is understood, and what is broken does no harm */
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include "net/attached_priv.h"
#include "unit.h"

/* Above what any machine has had: no program of that number, and so no name of the kernel's */
#define ID	0x7ffffff0u

static struct {
	struct nlmsghdr nh;
	char body[512];
} m;

static void begin(uint16_t type, size_t header)
{
	memset(&m, 0, sizeof(m));
	m.nh.nlmsg_type = type;
	m.nh.nlmsg_len = NLMSG_LENGTH(header);
}

static struct rtattr *put(uint16_t type, const void *data, size_t len)
{
	struct rtattr *a = (void *)((char *)&m + NLMSG_ALIGN(m.nh.nlmsg_len));

	a->rta_type = type;
	a->rta_len = RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(a), data, len);
	m.nh.nlmsg_len = NLMSG_ALIGN(m.nh.nlmsg_len) + RTA_ALIGN(a->rta_len);
	return a;
}

static void end(struct rtattr *nest)
{
	nest->rta_len = (char *)&m + NLMSG_ALIGN(m.nh.nlmsg_len) - (char *)nest;
}

static void put_id(uint16_t type, uint32_t id)
{
	put(type, &id, sizeof(id));
}

static void xdp(void)
{
	struct attached_list l = {};
	struct rtattr *nest;
	char text[128];

	begin(RTM_NEWLINK, sizeof(struct ifinfomsg));
	put(IFLA_IFNAME, "e0", 3);
	nest = put(IFLA_XDP | NLA_F_NESTED, NULL, 0);
	put_id(IFLA_XDP_DRV_PROG_ID, ID);
	put_id(IFLA_XDP_SKB_PROG_ID, 0);
	put_id(IFLA_XDP_HW_PROG_ID, ID + 1);
	end(nest);
	attached_parse_link(&m.nh, "e0", &l);
	CHECK_INT(l.n, 2);
	CHECK_STR(l.at[0].where, "XDP of e0");
	CHECK_INT(l.at[0].id, ID);
	CHECK_STR(l.at[1].where, "XDP (offloaded) of e0");
	CHECK(attached_text(&l, text, sizeof(text)));
	CHECK_STR(text, "XDP of e0 has program 2147483632, and 1 more");

	/* without a program; another message; one that says it is longer than it is */
	l.n = 0;
	begin(RTM_NEWLINK, sizeof(struct ifinfomsg));
	attached_parse_link(&m.nh, "e0", &l);
	begin(RTM_DELLINK, sizeof(struct ifinfomsg));
	attached_parse_link(&m.nh, "e0", &l);
	begin(RTM_NEWLINK, sizeof(struct ifinfomsg));
	nest = put(IFLA_XDP, NULL, 0);
	nest->rta_len = 400;
	attached_parse_link(&m.nh, "e0", &l);
	m.nh.nlmsg_len = NLMSG_LENGTH(1);
	attached_parse_link(&m.nh, "e0", &l);
	CHECK_INT(l.n, 0);
	CHECK(!attached_text(&l, text, sizeof(text)));
}

static void begin_filter(uint32_t handle, const char *kind)
{
	begin(RTM_NEWTFILTER, sizeof(struct tcmsg));
	((struct tcmsg *)NLMSG_DATA(&m.nh))->tcm_handle = handle;
	put(TCA_KIND, kind, strlen(kind) + 1);
}

static void filters(void)
{
	struct attached_list l = {};
	struct rtattr *nest;
	char text[128];

	/* of a priority, and then of its filter */
	begin_filter(0, "bpf");
	attached_parse_filter(&m.nh, "TC ingress", "e0", &l);
	CHECK_INT(l.n, 0);
	begin_filter(1, "bpf");
	nest = put(TCA_OPTIONS, NULL, 0);
	put(TCA_BPF_NAME, "slow.o:[tc]", 12);
	put_id(TCA_BPF_ID, ID);
	end(nest);
	attached_parse_filter(&m.nh, "TC ingress", "e0", &l);
	CHECK_INT(l.n, 1);
	CHECK(attached_text(&l, text, sizeof(text)));
	CHECK_STR(text, "TC ingress of e0 has program 2147483632 (slow.o:[tc])");

	/* classic BPF, and what is no program at all */
	begin_filter(1, "bpf");
	attached_parse_filter(&m.nh, "TC egress", "e0", &l);
	begin_filter(1, "flower");
	put(TCA_OPTIONS, NULL, 0);
	attached_parse_filter(&m.nh, "TC egress", "e0", &l);
	CHECK_INT(l.n, 3);
	CHECK_STR(l.at[1].name, "bpf");
	CHECK_STR(l.at[2].name, "flower");
	l.at[0] = l.at[2];
	l.n = 1;
	/* they are nobody's program, and so not ours */
	attached_leave_others(&l);
	CHECK(attached_text(&l, text, sizeof(text)));
	CHECK_STR(text, "TC egress of e0 has a filter (flower)");
}

static void many(void)
{
	struct attached_list l = {};
	char text[128], want[64];
	int i;

	for (i = 0; i < ATTACHED_MAX + 5; i++)
		attached_add(&l, "tcx ingress", "e0", ID - i, "p");
	attached_leave_others(&l);
	CHECK_INT(l.n, ATTACHED_MAX + 5);
	CHECK(attached_text(&l, text, sizeof(text)));
	snprintf(want, sizeof(want), "(p), and %d more", ATTACHED_MAX + 4);
	CHECK_HAS(text, want);
}

/* Those of a chain are on no list */
static void declared(void)
{
	struct attached_list l = {};

	attached_ours(4000000007U);
	attached_ours(4000000003U);
	attached_ours(4000000005U);
	attached_add(&l, "TC ingress", "hc1", 4000000003U, "p");
	attached_add(&l, "TC ingress", "hc1", 4000000007U, "p");
	CHECK_INT(l.n, 0);
	attached_add(&l, "TC ingress", "hc1", 4000000006U, "p");
	CHECK_INT(l.n, 1);
}

const struct unit attached_units[] = {
	{ "attached: XDP programs", xdp },
	{ "attached: TC filters", filters },
	{ "attached: more than are kept", many },
	{ "attached: programs that are said to be ours", declared },
	{ 0 }
};
