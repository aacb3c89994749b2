// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel says about a netdev, message by message: is that a use of it? */
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/xdp_diag.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "core/util.h"
#include "net/inuse_priv.h"

#define ATTR_MAX	96

struct attrs {
	const struct nlattr *at[ATTR_MAX];
};

static int keep_attr(const struct nlattr *attr, void *arg)
{
	struct attrs *a = arg;
	uint16_t type = mnl_attr_get_type(attr);

	if (type < ATTR_MAX)
		a->at[type] = attr;
	return MNL_CB_OK;
}

/* Of a message of this type; false if it is none. A message that is too short has none. */
static bool attrs_of(const struct nlmsghdr *nh, uint16_t type, size_t header, struct attrs *a)
{
	memset(a, 0, sizeof(*a));
	if (nh->nlmsg_type != type || mnl_nlmsg_get_payload_len(nh) < header)
		return false;
	mnl_attr_parse(nh, header, keep_attr, a);
	return true;
}

static bool has_u32(const struct attrs *a, unsigned int type, uint32_t *value)
{
	if (!a->at[type] || mnl_attr_get_payload_len(a->at[type]) < sizeof(*value))
		return false;
	memcpy(value, mnl_attr_get_payload(a->at[type]), sizeof(*value));
	return true;
}

static uint32_t u32_of(const struct attrs *a, unsigned int type)
{
	uint32_t value = 0;

	return has_u32(a, type, &value) ? value : 0;
}

/* NUL-terminated or not */
static void text_of(const struct nlattr *attr, char *text, size_t len)
{
	snprintf(text, len, "%.*s", attr ? (int)mnl_attr_get_payload_len(attr) : 0,
		 attr ? (const char *)mnl_attr_get_payload(attr) : "");
}

/* "?" for other families than IPv4 and IPv6 */
static const char *address_text(int family, const struct nlattr *attr, char *text, size_t len)
{
	size_t want = family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;

	snprintf(text, len, "?");
	if (want && attr && mnl_attr_get_payload_len(attr) >= want)
		inet_ntop(family, mnl_attr_get_payload(attr), text, (socklen_t)len);
	return text;
}

void inuse_by_link(const struct nlmsghdr *nh, struct inuse *u)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nh);
	struct attrs a;
	uint32_t n;

	if (!attrs_of(nh, RTM_NEWLINK, sizeof(*ifi), &a))
		return;
	u->is_up = ifi->ifi_flags & IFF_UP;
	text_of(a.at[IFLA_IFNAME], u->name, sizeof(u->name));
	if (a.at[IFLA_ADDRESS] && mnl_attr_get_payload_len(a.at[IFLA_ADDRESS]) == sizeof(u->mac))
		memcpy(u->mac, mnl_attr_get_payload(a.at[IFLA_ADDRESS]), sizeof(u->mac));
	if (has_u32(&a, IFLA_MASTER, &n) && n)
		inuse_found(u,
			    "it belongs to a bridge, a bond or the like, netdev %u; ip link set %s nomaster",
			    n, u->name);
	n = u32_of(&a, IFLA_PROMISCUITY);
	if (n)
		inuse_found(u, "%u user%s of it want%s all frames (promiscuity %u; tcpdump?)", n,
			    n == 1 ? "" : "s", n == 1 ? "s" : "", n);
}

/* The other end of a pair is not on top of it */
static bool is_pair(const struct nlattr *info)
{
	const struct nlattr *attr;
	char kind[16] = "";

	if (info) {
		mnl_attr_for_each_nested(attr, info) {
			if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
				text_of(attr, kind, sizeof(kind));
		}
	}
	return !strcmp(kind, "veth") || !strcmp(kind, "netkit");
}

void inuse_by_other_link(const struct nlmsghdr *nh, struct inuse *u)
{
	char name[IF_NAMESIZE];
	struct attrs a;

	/* IFLA_LINK_NETNSID: the index is of another namespace */
	if (!attrs_of(nh, RTM_NEWLINK, sizeof(struct ifinfomsg), &a) ||
	    u32_of(&a, IFLA_LINK) != u->index || a.at[IFLA_LINK_NETNSID] ||
	    ((struct ifinfomsg *)mnl_nlmsg_get_payload(nh))->ifi_index == (int)u->index ||
	    is_pair(a.at[IFLA_LINKINFO]))
		return;
	text_of(a.at[IFLA_IFNAME], name, sizeof(name));
	inuse_found(u, "%s is on top of it; ip link del %s", name, name);
}

/* The kernel makes it when the link goes up, and will again. Before 5.18 it does not say so. */
static bool is_kernels(const struct ifaddrmsg *ifa, const struct attrs *a)
{
	const struct nlattr *proto = a->at[IFA_PROTO];

	if (ifa->ifa_family != AF_INET6 || ifa->ifa_scope != RT_SCOPE_LINK)
		return false;
	return proto ? *(uint8_t *)mnl_attr_get_payload(proto) == IFAPROT_KERNEL_LL :
	       !kernel_since(5, 18);
}

void inuse_by_addr(const struct nlmsghdr *nh, struct inuse *u)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nh);
	char text[INET6_ADDRSTRLEN];
	struct attrs a;

	if (!attrs_of(nh, RTM_NEWADDR, sizeof(*ifa), &a) || ifa->ifa_index != u->index ||
	    is_kernels(ifa, &a))
		return;
	if (u->what_for == INUSE_STAYS && ifa->ifa_family == AF_INET && !u->addresses++)
		return;
	address_text(ifa->ifa_family, a.at[IFA_LOCAL] ?: a.at[IFA_ADDRESS], text, sizeof(text));
	inuse_found(u, "it has %s IP address %s/%u; ip addr del %s/%u dev %s",
		    u->addresses > 1 ? "a second" : "the", text, ifa->ifa_prefixlen, text,
		    ifa->ifa_prefixlen, u->name);
}

/* Of next hops one after the other */
static bool multipath_uses(const struct nlattr *attr, unsigned int index)
{
	const char *at = mnl_attr_get_payload(attr);
	size_t left = mnl_attr_get_payload_len(attr), len;
	struct rtnexthop nh;

	for (; left >= sizeof(nh); at += len, left -= len) {
		memcpy(&nh, at, sizeof(nh));
		if (nh.rtnh_ifindex == (int)index)
			return true;
		len = RTNH_ALIGN((size_t)nh.rtnh_len);
		if (nh.rtnh_len < sizeof(nh) || len >= left)
			break;
	}
	return false;
}

static bool route_uses(const struct attrs *a, unsigned int index)
{
	return u32_of(a, RTA_OIF) == index ||
	       (a->at[RTA_MULTIPATH] && multipath_uses(a->at[RTA_MULTIPATH], index));
}

void inuse_by_far_route(const struct nlmsghdr *nh, struct inuse *u)
{
	struct attrs a;

	if (attrs_of(nh, RTM_NEWROUTE, sizeof(struct rtmsg), &a) && route_uses(&a, u->index))
		inuse_found(u,
			    "packets of this machine to far addresses go over it (ip route get %s), and a program that drops would cut it off",
			    u->far);
}

/* The kernel's own come and go with addresses and the link */
void inuse_by_route(const struct nlmsghdr *nh, struct inuse *u)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nh);
	char to[INET6_ADDRSTRLEN + 4], text[INET6_ADDRSTRLEN];
	struct attrs a;

	if (!attrs_of(nh, RTM_NEWROUTE, sizeof(*rtm), &a) || !route_uses(&a, u->index) ||
	    rtm->rtm_protocol == RTPROT_KERNEL || rtm->rtm_protocol == RTPROT_REDIRECT ||
	    rtm->rtm_flags & RTM_F_CLONED)
		return;
	if (a.at[RTA_DST])
		snprintf(to, sizeof(to), "%s/%u", address_text(rtm->rtm_family, a.at[RTA_DST],
							       text, sizeof(text)),
			 rtm->rtm_dst_len);
	else
		snprintf(to, sizeof(to), "default");
	inuse_found(u, "a route goes over it (ip route show table %u: %s)",
		    u32_of(&a, RTA_TABLE) ?: rtm->rtm_table, to);
}

void inuse_by_nexthop(const struct nlmsghdr *nh, struct inuse *u)
{
	struct attrs a;

	if (attrs_of(nh, RTM_NEWNEXTHOP, sizeof(struct nhmsg), &a) &&
	    u32_of(&a, NHA_OIF) == u->index)
		inuse_found(u, "a next hop is there; ip nexthop del id %u", u32_of(&a, NHA_ID));
}

/* A rule has a netdev's name */
void inuse_by_rule(const struct nlmsghdr *nh, struct inuse *u)
{
	char in[IF_NAMESIZE], out[IF_NAMESIZE];
	struct attrs a;

	if (!attrs_of(nh, RTM_NEWRULE, sizeof(struct fib_rule_hdr), &a))
		return;
	text_of(a.at[FRA_IIFNAME], in, sizeof(in));
	text_of(a.at[FRA_OIFNAME], out, sizeof(out));
	if (!strcmp(in, u->name) || !strcmp(out, u->name))
		inuse_found(u, "a rule names it; ip rule del pref %u", u32_of(&a, FRA_PRIORITY));
}

/* Those that somebody has set; they go with the link, too */
void inuse_by_neigh(const struct nlmsghdr *nh, struct inuse *u)
{
	const struct ndmsg *nd = mnl_nlmsg_get_payload(nh);
	char text[INET6_ADDRSTRLEN];
	struct attrs a;

	if (!attrs_of(nh, RTM_NEWNEIGH, sizeof(*nd), &a) || nd->ndm_ifindex != (int)u->index ||
	    !(nd->ndm_state & NUD_PERMANENT) || (u->what_for == INUSE_STAYS && u->is_up))
		return;
	address_text(nd->ndm_family, a.at[NDA_DST], text, sizeof(text));
	inuse_found(u, "it has a permanent neighbour; ip neigh del %s dev %s", text, u->name);
}

/* A unicast address besides its own: a macvlan's, which may be in another namespace */
void inuse_by_fdb(const struct nlmsghdr *nh, struct inuse *u)
{
	const struct ndmsg *nd = mnl_nlmsg_get_payload(nh);
	struct attrs a;
	uint8_t mac[6];

	if (!attrs_of(nh, RTM_NEWNEIGH, sizeof(*nd), &a) || nd->ndm_ifindex != (int)u->index ||
	    !(nd->ndm_flags & NTF_SELF) || !a.at[NDA_LLADDR] ||
	    mnl_attr_get_payload_len(a.at[NDA_LLADDR]) != sizeof(mac))
		return;
	memcpy(mac, mnl_attr_get_payload(a.at[NDA_LLADDR]), sizeof(mac));
	if (!(mac[0] & 1) && memcmp(mac, u->mac, sizeof(mac)))
		inuse_found(u,
			    "it receives for %02x:%02x:%02x:%02x:%02x:%02x, too (bridge fdb show dev %s; a macvlan?)",
			    mac[0], mac[1], mac[2], mac[3], mac[4], mac[5], u->name);
}

/* Those that the kernel gives each netdev have no handle */
void inuse_by_qdisc(const struct nlmsghdr *nh, struct inuse *u)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(nh);
	char kind[16];
	struct attrs a;

	if (!attrs_of(nh, RTM_NEWQDISC, sizeof(*tc), &a) || tc->tcm_ifindex != (int)u->index ||
	    !TC_H_MAJ(tc->tcm_handle))
		return;
	text_of(a.at[TCA_KIND], kind, sizeof(kind));
	inuse_found(u, "it has a qdisc that somebody has set; tc qdisc del dev %s %s", u->name,
		    tc->tcm_parent == TC_H_INGRESS ? kind : "root");
}

void inuse_by_xsk(const struct nlmsghdr *nh, struct inuse *u)
{
	struct xdp_diag_info info;
	struct attrs a;

	if (!attrs_of(nh, SOCK_DIAG_BY_FAMILY, sizeof(struct xdp_diag_msg), &a) ||
	    !a.at[XDP_DIAG_INFO] || mnl_attr_get_payload_len(a.at[XDP_DIAG_INFO]) < sizeof(info))
		return;
	memcpy(&info, mnl_attr_get_payload(a.at[XDP_DIAG_INFO]), sizeof(info));
	if (info.ifindex == u->index)
		inuse_found(u, "an AF_XDP socket is bound to its queue %u (ss --xdp)",
			    info.queue_id);
}
