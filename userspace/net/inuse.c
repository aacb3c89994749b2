// SPDX-License-Identifier: GPL-2.0-only
/* Whether a netdev is in use: what is asked of the kernel, and in which order */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/xdp_diag.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/util.h"
#include "net/attached.h"
#include "net/inuse_priv.h"
#include "net/rtnl.h"

typedef void (*inuse_fn)(const struct nlmsghdr *nh, struct inuse *u);

struct ask {
	struct inuse *u;
	inuse_fn fn;
};

void inuse_found(struct inuse *u, const char *fmt, ...)
{
	va_list ap;

	if (*u->why)
		return;
	va_start(ap, fmt);
	vsnprintf(u->why, sizeof(u->why), fmt, ap);
	va_end(ap);
}

static void each(const struct nlmsghdr *nh, void *arg)
{
	const struct ask *a = arg;

	a->fn(nh, a->u);
}

/* The header of a request is zeroes but for the family */
static struct nlmsghdr *request(char *buf, uint16_t type, uint16_t flags, size_t header,
				uint8_t family)
{
	struct nlmsghdr *nh = mnl_nlmsg_put_header(buf);

	nh->nlmsg_type = type;
	nh->nlmsg_flags = NLM_F_REQUEST | flags;
	*(uint8_t *)mnl_nlmsg_put_extra_header(nh, header) = family;
	return nh;
}

/* What a kernel does not have is used by nobody: its refusal is no error */
static void dump(int rtnl, struct inuse *u, uint16_t type, size_t header, uint8_t family,
		 inuse_fn fn)
{
	char buf[128];

	if (*u->why)
		return;
	rtnl_ask(rtnl, request(buf, type, NLM_F_DUMP, header, family), each,
		 &(struct ask){ u, fn });
}

static int ask_link(int rtnl, struct inuse *u)
{
	char buf[128];
	struct nlmsghdr *nh = request(buf, RTM_GETLINK, 0, sizeof(struct ifinfomsg), AF_UNSPEC);

	((struct ifinfomsg *)mnl_nlmsg_get_payload(nh))->ifi_index = (int)u->index;
	return rtnl_ask(rtnl, nh, each, &(struct ask){ u, inuse_by_link });
}

static void ask_far(int rtnl, struct inuse *u, int family, const char *address)
{
	struct nlmsghdr *nh;
	struct rtmsg *rtm;
	char buf[128];
	uint8_t to[16];
	size_t len = family == AF_INET ? 4 : 16;

	if (*u->why || inet_pton(family, address, to) != 1)
		return;
	snprintf(u->far, sizeof(u->far), "%s", address);
	nh = request(buf, RTM_GETROUTE, 0, sizeof(*rtm), family);
	rtm = mnl_nlmsg_get_payload(nh);
	rtm->rtm_dst_len = len * 8;
	/* the route as it is in the table, with all of its next hops */
	rtm->rtm_flags = RTM_F_FIB_MATCH;
	mnl_attr_put(nh, RTA_DST, len, to);
	rtnl_ask(rtnl, nh, each, &(struct ask){ u, inuse_by_far_route });
}

/*
 * Several, since the way to all of the world may be two halves, or more parts. None is sent
 * anything; none is of a network that is never reached, which a router may have a route for.
 */
static void ask_all_far(int rtnl, struct inuse *u)
{
	static const char *const six[] = {
		"2001:200::1", "2400::1", "2600::1", "2800::1", "2a00::1", "2c00::1",
	};
	char four[16];
	unsigned int i;

	for (i = 1; i < 224; i += 16) {
		snprintf(four, sizeof(four), "%u.1.1.1", i);
		ask_far(rtnl, u, AF_INET, four);
	}
	for (i = 0; i < ARRAY_SIZE(six); i++)
		ask_far(rtnl, u, AF_INET6, six[i]);
}

static void ask_programs(struct inuse *u)
{
	char program[160];

	if (!*u->why && attached_others_at(u->name, program, sizeof(program)))
		inuse_found(u, "%s; take it off (bpftool net)", program);
}

/* Those of this namespace; a kernel without CONFIG_XDP_SOCKETS_DIAG does not tell */
static void ask_xsk(struct inuse *u)
{
	struct mnl_socket *s;
	struct nlmsghdr *nh;
	char buf[128];

	if (*u->why)
		return;
	s = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	if (!s)
		return;
	nh = request(buf, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, sizeof(struct xdp_diag_req), AF_XDP);
	((struct xdp_diag_req *)mnl_nlmsg_get_payload(nh))->xdiag_show = XDP_SHOW_INFO;
	rtnl_ask(mnl_socket_get_fd(s), nh, each, &(struct ask){ u, inuse_by_xsk });
	mnl_socket_close(s);
}

static void ask_all(int rtnl, struct inuse *u)
{
	dump(rtnl, u, RTM_GETLINK, sizeof(struct ifinfomsg), AF_UNSPEC, inuse_by_other_link);
	ask_all_far(rtnl, u);
	ask_programs(u);
	dump(rtnl, u, RTM_GETADDR, sizeof(struct ifaddrmsg), AF_UNSPEC, inuse_by_addr);
	dump(rtnl, u, RTM_GETROUTE, sizeof(struct rtmsg), AF_UNSPEC, inuse_by_route);
	dump(rtnl, u, RTM_GETNEXTHOP, sizeof(struct nhmsg), AF_UNSPEC, inuse_by_nexthop);
	dump(rtnl, u, RTM_GETRULE, sizeof(struct rtmsg), AF_UNSPEC, inuse_by_rule);
	dump(rtnl, u, RTM_GETNEIGH, sizeof(struct ndmsg), AF_UNSPEC, inuse_by_neigh);
	dump(rtnl, u, RTM_GETNEIGH, sizeof(struct ndmsg), AF_BRIDGE, inuse_by_fdb);
	dump(rtnl, u, RTM_GETQDISC, sizeof(struct tcmsg), AF_UNSPEC, inuse_by_qdisc);
	ask_xsk(u);
}

bool netdev_in_use(unsigned int ifindex, enum inuse_for what_for, char *why, size_t len)
{
	struct inuse u = { .index = ifindex, .what_for = what_for };
	int rtnl = rtnl_open(), ret = rtnl;

	if (rtnl >= 0) {
		ret = ask_link(rtnl, &u);
		if (!ret)
			ask_all(rtnl, &u);
		close(rtnl);
	}
	if (ret < 0)
		inuse_found(&u, "who uses it cannot be asked: netlink: %s", strerror(-ret));
	snprintf(why, len, "%s", u.why);
	return *u.why;
}
