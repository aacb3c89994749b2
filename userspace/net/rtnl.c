// SPDX-License-Identifier: GPL-2.0-only
/* The rtnetlink requests that a test network needs, and no more; how to ask for what there is */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/run.h"
#include "net/rtnl.h"

#define RTNL_MAX 1024
/* A netdev with all of its attributes; several filters */
#define ANSWER_MAX 65536
#define ASK_TRIES 5

struct rtnl_msg {
	struct nlmsghdr nh;
	char body[RTNL_MAX];
};

int rtnl_open(void)
{
	int fd, one = 1;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0) {
		err("cannot open a netlink socket: %s", strerror(errno));
		return -errno;
	}
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	return fd;
}

static void *rtnl_tail(struct rtnl_msg *m)
{
	return (char *)m + NLMSG_ALIGN(m->nh.nlmsg_len);
}

static void rtnl_start(struct rtnl_msg *m, uint16_t type, uint16_t flags,
		       const void *header, size_t len)
{
	memset(m, 0, sizeof(*m));
	m->nh.nlmsg_len = NLMSG_LENGTH(len);
	m->nh.nlmsg_type = type;
	m->nh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	memcpy(NLMSG_DATA(&m->nh), header, len);
}

static struct rtattr *rtnl_attr(struct rtnl_msg *m, uint16_t type, const void *data, size_t len)
{
	struct rtattr *a = rtnl_tail(m);

	a->rta_type = type;
	a->rta_len = RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(a), data, len);
	m->nh.nlmsg_len = NLMSG_ALIGN(m->nh.nlmsg_len) + RTA_ALIGN(a->rta_len);
	return a;
}

static void rtnl_nest_end(struct rtnl_msg *m, struct rtattr *nest)
{
	nest->rta_len = (char *)rtnl_tail(m) - (char *)nest;
}

/* What the kernel says about a refused request, if it says anything */
static const char *rtnl_extack(const struct nlmsghdr *nh)
{
	const struct nlmsgerr *e = NLMSG_DATA(nh);
	const struct rtattr *a;
	int len;

	if (!(nh->nlmsg_flags & NLM_F_ACK_TLVS))
		return "";
	len = sizeof(*e);
	if (!(nh->nlmsg_flags & NLM_F_CAPPED))
		len += e->msg.nlmsg_len - sizeof(e->msg);
	a = (const void *)((const char *)e + NLMSG_ALIGN(len));
	len = nh->nlmsg_len - NLMSG_HDRLEN - NLMSG_ALIGN(len);
	for (; RTA_OK(a, len); a = RTA_NEXT(a, len))
		if ((a->rta_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG)
			return RTA_DATA(a);
	return "";
}

static int rtnl_talk(int fd, struct rtnl_msg *m, const char *what)
{
	union {
		struct nlmsghdr nh;
		char buf[4096];
	} reply;
	const struct nlmsgerr *e = NLMSG_DATA(&reply.nh);
	const char *why;
	ssize_t n;

	if (send(fd, m, m->nh.nlmsg_len, 0) < 0) {
		err("cannot %s: netlink: %s", what, strerror(errno));
		return -errno;
	}
	do {
		n = recv(fd, &reply, sizeof(reply), 0);
	} while (n < 0 && errno == EINTR);
	if (n < (ssize_t)NLMSG_LENGTH(sizeof(*e)) || reply.nh.nlmsg_type != NLMSG_ERROR) {
		err("cannot %s: no answer from netlink", what);
		return -EPROTO;
	}
	if (!e->error)
		return 0;
	why = rtnl_extack(&reply.nh);
	err("cannot %s: %s%s%s", what, strerror(-e->error), *why ? ": " : "", why);
	return e->error;
}

static void rtnl_put_end(struct rtnl_msg *m, const struct rtnl_veth *v)
{
	rtnl_attr(m, IFLA_IFNAME, v->name, strlen(v->name) + 1);
	rtnl_attr(m, IFLA_ADDRESS, v->mac, 6);
	rtnl_attr(m, IFLA_NET_NS_FD, &v->ns, sizeof(v->ns));
}

int rtnl_veth_add(int fd, const struct rtnl_veth *a, const struct rtnl_veth *b)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct rtattr *info, *data, *peer;
	struct rtnl_msg m;

	rtnl_start(&m, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &ifi, sizeof(ifi));
	rtnl_put_end(&m, a);
	info = rtnl_attr(&m, IFLA_LINKINFO, NULL, 0);
	rtnl_attr(&m, IFLA_INFO_KIND, "veth", sizeof("veth"));
	data = rtnl_attr(&m, IFLA_INFO_DATA, NULL, 0);
	peer = rtnl_attr(&m, VETH_INFO_PEER, &ifi, sizeof(ifi));
	rtnl_put_end(&m, b);
	rtnl_nest_end(&m, peer);
	rtnl_nest_end(&m, data);
	rtnl_nest_end(&m, info);
	return rtnl_talk(fd, &m, "create a veth pair");
}

static int rtnl_link_set(int fd, unsigned int ifindex, unsigned int flags, const char *what)
{
	struct ifinfomsg ifi = {
		.ifi_index = ifindex,
		.ifi_flags = flags,
		.ifi_change = IFF_UP,
	};
	struct rtnl_msg m;

	rtnl_start(&m, RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	return rtnl_talk(fd, &m, what);
}

int rtnl_link_up(int fd, unsigned int ifindex)
{
	return rtnl_link_set(fd, ifindex, IFF_UP, "set a link up");
}

int rtnl_link_down(int fd, unsigned int ifindex)
{
	return rtnl_link_set(fd, ifindex, 0, "set a link down");
}

int rtnl_link_move(int fd, unsigned int ifindex, int ns)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	struct rtnl_msg m;

	rtnl_start(&m, RTM_NEWLINK, 0, &ifi, sizeof(ifi));
	rtnl_attr(&m, IFLA_NET_NS_FD, &ns, sizeof(ns));
	return rtnl_talk(fd, &m, "move a netdev to another namespace");
}

int rtnl_link_del(int fd, unsigned int ifindex)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	struct rtnl_msg m;

	rtnl_start(&m, RTM_DELLINK, 0, &ifi, sizeof(ifi));
	return rtnl_talk(fd, &m, "remove a link");
}

static int rtnl_addr(int fd, uint16_t type, uint16_t flags, unsigned int ifindex,
		     struct in_addr addr, unsigned int prefix, const char *what)
{
	struct ifaddrmsg ifa = {
		.ifa_family = AF_INET,
		.ifa_prefixlen = prefix,
		.ifa_index = ifindex,
	};
	struct rtnl_msg m;

	rtnl_start(&m, type, flags, &ifa, sizeof(ifa));
	rtnl_attr(&m, IFA_LOCAL, &addr, sizeof(addr));
	rtnl_attr(&m, IFA_ADDRESS, &addr, sizeof(addr));
	return rtnl_talk(fd, &m, what);
}

int rtnl_addr_add(int fd, unsigned int ifindex, struct in_addr addr, unsigned int prefix)
{
	return rtnl_addr(fd, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex, addr, prefix,
			 "set an address");
}

int rtnl_addr_del(int fd, unsigned int ifindex, struct in_addr addr, unsigned int prefix)
{
	return rtnl_addr(fd, RTM_DELADDR, 0, ifindex, addr, prefix, "remove an address");
}

int rtnl_neigh_add(int fd, unsigned int ifindex, struct in_addr addr, const uint8_t *mac)
{
	struct ndmsg nd = {
		.ndm_family = AF_INET,
		.ndm_ifindex = ifindex,
		.ndm_state = NUD_PERMANENT,
	};
	struct rtnl_msg m;

	rtnl_start(&m, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, &nd, sizeof(nd));
	rtnl_attr(&m, NDA_DST, &addr, sizeof(addr));
	rtnl_attr(&m, NDA_LLADDR, mac, 6);
	return rtnl_talk(fd, &m, "set a neighbour");
}

/* One part of the answer: 1 if there is more to come, 0 at its end, or -errno */
static int rtnl_part(const struct nlmsghdr *nh, int len, uint32_t seq, bool *changed, rtnl_fn fn,
		     void *arg)
{
	for (; mnl_nlmsg_ok(nh, len); nh = mnl_nlmsg_next(nh, &len)) {
		/* the rest of an earlier answer */
		if (nh->nlmsg_seq != seq)
			continue;
		*changed |= nh->nlmsg_flags & NLM_F_DUMP_INTR;
		if (nh->nlmsg_type == NLMSG_DONE)
			return 0;
		if (nh->nlmsg_type == NLMSG_ERROR)
			return ((const struct nlmsgerr *)NLMSG_DATA(nh))->error;
		fn(nh, arg);
	}
	return 1;
}

/* -EAGAIN: what was to be told has changed meanwhile */
static int rtnl_ask_once(int fd, const struct nlmsghdr *request, rtnl_fn fn, void *arg)
{
	static char answer[ANSWER_MAX] __attribute__((aligned(NLMSG_ALIGNTO)));
	bool changed = false;
	ssize_t n;
	int ret;

	if (send(fd, request, request->nlmsg_len, 0) < 0)
		return -errno;
	do {
		do {
			n = recv(fd, answer, sizeof(answer), 0);
		} while (n < 0 && errno == EINTR);
		if (n <= 0)
			return n ? -errno : -EPROTO;
		ret = rtnl_part((const void *)answer, (int)n, request->nlmsg_seq, &changed, fn,
				arg);
	} while (ret > 0);
	return ret ?: changed ? -EAGAIN : 0;
}

int rtnl_ask(int fd, struct nlmsghdr *request, rtnl_fn fn, void *arg)
{
	static uint32_t seq;
	int ret, tries = 0;

	/* the end of an answer that is no dump is its acknowledgment */
	if ((request->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		request->nlmsg_flags |= NLM_F_ACK;
	do {
		request->nlmsg_seq = ++seq;
		ret = rtnl_ask_once(fd, request, fn, arg);
	} while (ret == -EAGAIN && ++tries < ASK_TRIES);
	return ret;
}
