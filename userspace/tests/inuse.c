// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel says of a netdev: which of it is a use, and what is broken does no harm */
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/xdp_diag.h>
#include <string.h>
#include <sys/socket.h>
#include "core/util.h"
#include "net/inuse_priv.h"
#include "unit.h"

#define OURS	7
#define OTHER	8

static union {
	struct nlmsghdr nh;
	char body[1024];
} m;

static struct inuse u;

/* A message's header, for the caller to fill */
static void *begin(uint16_t type, size_t header)
{
	memset(&m, 0, sizeof(m));
	mnl_nlmsg_put_header(&m);
	m.nh.nlmsg_type = type;
	return mnl_nlmsg_put_extra_header(&m.nh, header);
}

static void put_u32(uint16_t type, uint32_t value)
{
	mnl_attr_put_u32(&m.nh, type, value);
}

static void put_address(uint16_t type, int family, const char *text)
{
	uint8_t address[16];

	CHECK_INT(inet_pton(family, text, address), 1);
	mnl_attr_put(&m.nh, type, family == AF_INET ? 4 : 16, address);
}

static void anew(enum inuse_for what_for)
{
	u = (struct inuse){
		.index = OURS, .name = "e[0]", .mac = { 2, 0, 0, 0, 0, 1 },
		.what_for = what_for, .far = "17.1.1.1",
	};
}

/* A use that the message has, or none */
static void is(void (*fn)(const struct nlmsghdr *nh, struct inuse *u), const char *use)
{
	struct inuse scrap;

	u.why[0] = '\0';
	fn(&m.nh, &u);
	if (use)
		CHECK_HAS(u.why, use);
	else
		CHECK_STR(u.why, "");
	/* cut short anywhere, it is read as far as it goes */
	for (scrap = u; m.nh.nlmsg_len > NLMSG_HDRLEN; m.nh.nlmsg_len--)
		fn(&m.nh, &scrap);
}

static void link_message(unsigned int index, uint16_t attr, uint32_t value)
{
	struct ifinfomsg *ifi = begin(RTM_NEWLINK, sizeof(*ifi));

	ifi->ifi_index = (int)index;
	mnl_attr_put_strz(&m.nh, IFLA_IFNAME, index == OURS ? "e[0]" : "other");
	put_u32(attr, value);
}

static void links(void)
{
	struct nlattr *nest;

	anew(INUSE_MOVED);
	link_message(OURS, IFLA_MASTER, OTHER);
	is(inuse_by_link, "bridge");
	link_message(OURS, IFLA_PROMISCUITY, 2);
	is(inuse_by_link, "2 users");
	link_message(OURS, IFLA_MTU, 1500);
	is(inuse_by_link, NULL);
	CHECK_STR(u.name, "e[0]");

	link_message(OTHER, IFLA_LINK, OURS);
	is(inuse_by_other_link, "other is on top of it");
	link_message(OTHER, IFLA_LINK, OURS);
	put_u32(IFLA_LINK_NETNSID, 0);
	is(inuse_by_other_link, NULL);
	link_message(OTHER, IFLA_LINK, OURS + 2);
	is(inuse_by_other_link, NULL);
	link_message(OURS, IFLA_LINK, OURS);
	is(inuse_by_other_link, NULL);
	/* the other end of a pair */
	link_message(OTHER, IFLA_LINK, OURS);
	nest = mnl_attr_nest_start(&m.nh, IFLA_LINKINFO);
	mnl_attr_put_strz(&m.nh, IFLA_INFO_KIND, "veth");
	mnl_attr_nest_end(&m.nh, nest);
	is(inuse_by_other_link, NULL);
}

static void addr_message(int family, const char *text, uint8_t scope, int proto)
{
	struct ifaddrmsg *ifa = begin(RTM_NEWADDR, sizeof(*ifa));

	ifa->ifa_family = family;
	ifa->ifa_index = OURS;
	ifa->ifa_prefixlen = 24;
	ifa->ifa_scope = scope;
	put_address(IFA_ADDRESS, family, text);
	/* whatever it is called, as eth0:1 */
	mnl_attr_put_strz(&m.nh, IFA_LABEL, "e[0]:1");
	if (proto)
		mnl_attr_put_u8(&m.nh, IFA_PROTO, proto);
}

static void addresses(void)
{
	anew(INUSE_MOVED);
	addr_message(AF_INET, "192.0.2.1", RT_SCOPE_UNIVERSE, 0);
	is(inuse_by_addr, "192.0.2.1/24");
	addr_message(AF_INET, "169.254.1.1", RT_SCOPE_LINK, 0);
	is(inuse_by_addr, "169.254.1.1/24");
	addr_message(AF_INET6, "2001:db8::1", RT_SCOPE_UNIVERSE, 0);
	is(inuse_by_addr, "2001:db8::1/24");
	addr_message(AF_INET6, "fe80::1", RT_SCOPE_LINK, IFAPROT_KERNEL_LL);
	is(inuse_by_addr, NULL);
	addr_message(AF_INET6, "fe80::1", RT_SCOPE_LINK, IFAPROT_KERNEL_RA);
	is(inuse_by_addr, "fe80::1");
	addr_message(AF_INET, "192.0.2.1", RT_SCOPE_UNIVERSE, 0);
	((struct ifaddrmsg *)NLMSG_DATA(&m.nh))->ifa_index = OTHER;
	is(inuse_by_addr, NULL);

	/* the first is what is sent to */
	anew(INUSE_STAYS);
	addr_message(AF_INET, "192.0.2.1", RT_SCOPE_UNIVERSE, 0);
	inuse_by_addr(&m.nh, &u);
	CHECK_STR(u.why, "");
	addr_message(AF_INET, "192.0.2.2", RT_SCOPE_UNIVERSE, 0);
	is(inuse_by_addr, "192.0.2.2/24");
	anew(INUSE_STAYS);
	addr_message(AF_INET6, "2001:db8::1", RT_SCOPE_UNIVERSE, 0);
	is(inuse_by_addr, "2001:db8::1");
}

static void route_message(uint8_t protocol, const char *to, unsigned int oif)
{
	struct rtmsg *rtm = begin(RTM_NEWROUTE, sizeof(*rtm));

	rtm->rtm_family = AF_INET;
	rtm->rtm_protocol = protocol;
	rtm->rtm_table = 254;
	if (to) {
		rtm->rtm_dst_len = 1;
		put_address(RTA_DST, AF_INET, to);
	}
	if (oif)
		put_u32(RTA_OIF, oif);
}

/* Two next hops, the second over ours */
static void put_multipath(unsigned int second_len)
{
	struct rtnexthop hop[2] = {
		{ .rtnh_len = sizeof(hop[0]), .rtnh_ifindex = OTHER },
		{ .rtnh_len = second_len, .rtnh_ifindex = OURS },
	};

	mnl_attr_put(&m.nh, RTA_MULTIPATH, sizeof(hop), hop);
}

static void routes(void)
{
	struct rtnexthop none = { .rtnh_len = 0, .rtnh_ifindex = OTHER };

	anew(INUSE_STAYS);
	route_message(RTPROT_BOOT, NULL, OURS);
	is(inuse_by_route, "default");
	route_message(RTPROT_STATIC, "128.0.0.0", OURS);
	is(inuse_by_route, "table 254: 128.0.0.0/1");
	route_message(RTPROT_KERNEL, "192.0.2.0", OURS);
	is(inuse_by_route, NULL);
	route_message(RTPROT_BOOT, NULL, OTHER);
	is(inuse_by_route, NULL);
	route_message(RTPROT_BOOT, NULL, 0);
	put_multipath(sizeof(none));
	is(inuse_by_route, "default");
	/* one that has no length, or more than there is */
	route_message(RTPROT_BOOT, NULL, 0);
	mnl_attr_put(&m.nh, RTA_MULTIPATH, sizeof(none), &none);
	is(inuse_by_route, NULL);
	none.rtnh_len = 4000;
	route_message(RTPROT_BOOT, NULL, 0);
	mnl_attr_put(&m.nh, RTA_MULTIPATH, sizeof(none), &none);
	is(inuse_by_route, NULL);

	route_message(RTPROT_KERNEL, NULL, OURS);
	is(inuse_by_far_route, "17.1.1.1");
	route_message(RTPROT_BOOT, NULL, 0);
	put_multipath(sizeof(none));
	is(inuse_by_far_route, "17.1.1.1");
	route_message(RTPROT_BOOT, NULL, OTHER);
	is(inuse_by_far_route, NULL);

	begin(RTM_NEWNEXTHOP, sizeof(struct nhmsg));
	put_u32(NHA_ID, 33);
	put_u32(NHA_OIF, OURS);
	is(inuse_by_nexthop, "id 33");

	begin(RTM_NEWRULE, sizeof(struct fib_rule_hdr));
	mnl_attr_put_strz(&m.nh, FRA_OIFNAME, "e[0]");
	put_u32(FRA_PRIORITY, 99);
	is(inuse_by_rule, "pref 99");
	begin(RTM_NEWRULE, sizeof(struct fib_rule_hdr));
	mnl_attr_put_strz(&m.nh, FRA_IIFNAME, "e0");
	is(inuse_by_rule, NULL);
}

static void neigh_message(uint16_t state, uint8_t flags, uint8_t first)
{
	struct ndmsg *nd = begin(RTM_NEWNEIGH, sizeof(*nd));
	uint8_t mac[6] = { first, 0, 0, 0, 0, 1 };

	nd->ndm_family = flags ? AF_BRIDGE : AF_INET;
	nd->ndm_ifindex = OURS;
	nd->ndm_state = state;
	nd->ndm_flags = flags;
	if (!flags)
		put_address(NDA_DST, AF_INET, "192.0.2.9");
	mnl_attr_put(&m.nh, NDA_LLADDR, sizeof(mac), mac);
}

static void neighbours(void)
{
	anew(INUSE_MOVED);
	neigh_message(NUD_PERMANENT, 0, 2);
	is(inuse_by_neigh, "192.0.2.9");
	neigh_message(NUD_REACHABLE, 0, 2);
	is(inuse_by_neigh, NULL);
	/* it goes with the link, which will be taken down again if it is down */
	anew(INUSE_STAYS);
	neigh_message(NUD_PERMANENT, 0, 2);
	is(inuse_by_neigh, "192.0.2.9");
	u.is_up = true;
	neigh_message(NUD_PERMANENT, 0, 2);
	is(inuse_by_neigh, NULL);

	neigh_message(NUD_PERMANENT, NTF_SELF, 0x06);
	is(inuse_by_fdb, "06:00:00:00:00:01");
	/* its own, and groups */
	neigh_message(NUD_PERMANENT, NTF_SELF, 0x02);
	is(inuse_by_fdb, NULL);
	neigh_message(NUD_PERMANENT, NTF_SELF, 0x33);
	is(inuse_by_fdb, NULL);
}

static void qdisc_message(uint32_t handle, uint32_t parent, const char *kind)
{
	struct tcmsg *tc = begin(RTM_NEWQDISC, sizeof(*tc));

	tc->tcm_ifindex = OURS;
	tc->tcm_handle = handle;
	tc->tcm_parent = parent;
	mnl_attr_put_strz(&m.nh, TCA_KIND, kind);
}

static void qdiscs(void)
{
	struct xdp_diag_info info = { .ifindex = OURS, .queue_id = 3 };

	anew(INUSE_STAYS);
	qdisc_message(0, TC_H_ROOT, "mq");
	is(inuse_by_qdisc, NULL);
	qdisc_message(0x80010000, TC_H_ROOT, "fq");
	is(inuse_by_qdisc, "tc qdisc del dev e[0] root");
	qdisc_message(0xffff0000, TC_H_CLSACT, "clsact");
	is(inuse_by_qdisc, "tc qdisc del dev e[0] clsact");

	begin(SOCK_DIAG_BY_FAMILY, sizeof(struct xdp_diag_msg));
	mnl_attr_put(&m.nh, XDP_DIAG_INFO, sizeof(info), &info);
	is(inuse_by_xsk, "queue 3");
	info.ifindex = OTHER;
	begin(SOCK_DIAG_BY_FAMILY, sizeof(struct xdp_diag_msg));
	mnl_attr_put(&m.nh, XDP_DIAG_INFO, sizeof(info), &info);
	is(inuse_by_xsk, NULL);
}

/* What is found first is said */
static void first(void)
{
	anew(INUSE_MOVED);
	link_message(OURS, IFLA_MASTER, OTHER);
	inuse_by_link(&m.nh, &u);
	qdisc_message(0xffff0000, TC_H_CLSACT, "clsact");
	inuse_by_qdisc(&m.nh, &u);
	CHECK_HAS(u.why, "bridge");
}

const struct unit inuse_units[] = {
	{ "inuse: masters, uppers, promiscuous users", links },
	{ "inuse: addresses", addresses },
	{ "inuse: routes, next hops, rules", routes },
	{ "inuse: neighbours, other MAC addresses", neighbours },
	{ "inuse: qdiscs, AF_XDP sockets", qdiscs },
	{ "inuse: the first use", first },
	{ NULL }
};
