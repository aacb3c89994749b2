// SPDX-License-Identifier: GPL-2.0-only
/* The test network: two nameless namespaces and a device's netdevs */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/run.h"
#include "core/util.h"
#include "net/device.h"
#include "net/ethtool.h"
#include "net/foreign.h"
#include "net/net.h"
#include "net/rtnl.h"

#define NET_PREFIX	30
#define LINK_TRIES	3000
#define LINK_US		1000

static int ns_of_thread(void)
{
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

int net_enter(const struct net_end *e)
{
	if (!setns(e->ns, CLONE_NEWNET))
		return 0;
	err("cannot enter the network namespace of %s: %s", e->name, strerror(errno));
	return -errno;
}

int net_leave(const struct net *n)
{
	if (!setns(n->home, CLONE_NEWNET))
		return 0;
	err("cannot return to the first network namespace: %s", strerror(errno));
	return -errno;
}

static void net_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void net_teardown(void *arg)
{
	struct net *n = arg;

	foreign_look_now();
	foreign_net(NULL);
	if (n->home >= 0) {
		n->dev->ops->give_back(n);
		net_leave(n);
	}
	net_close(&n->rtnl);
	net_close(&n->a.rtnl);
	net_close(&n->b.rtnl);
	net_close(&n->a.ns);
	net_close(&n->b.ns);
	net_close(&n->home);
}

/*
 * No router solicitations or the like among the packets that are counted, and a
 * packet for each message, however long the device before has it in its queue
 */
static int net_sysctl(void)
{
	static const struct {
		const char *path, *value;
	} set[] = {
		{ "/proc/sys/net/ipv6/conf/all/disable_ipv6", "1" },
		{ "/proc/sys/net/ipv6/conf/default/disable_ipv6", "1" },
		{ "/proc/sys/net/ipv4/tcp_autocorking", "0" },
		{ "/proc/sys/net/ipv4/tcp_slow_start_after_idle", "0" },
	};
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(set); i++) {
		ret = write_text(set[i].path, set[i].value);
		/* a kernel without IPv6 */
		if (ret && ret != -ENOENT) {
			err("cannot write %s to %s: %s", set[i].value, set[i].path,
			    strerror(-ret));
			return ret;
		}
	}
	return 0;
}

static int net_end_new(struct net_end *e, const char *name, uint8_t last)
{
	int ret;

	snprintf(e->name, sizeof(e->name), "%s", name);
	e->addr.s_addr = htonl(0x0acb0000 | last);
	if (unshare(CLONE_NEWNET)) {
		err("cannot make a network namespace: %s%s", strerror(errno),
		    errno == EPERM ? ", run as root" : "");
		return -errno;
	}
	e->ns = ns_of_thread();
	if (e->ns < 0) {
		err("cannot open /proc/thread-self/ns/net: %s", strerror(errno));
		return -errno;
	}
	ret = net_sysctl();
	if (ret)
		return ret;
	e->rtnl = rtnl_open();
	return e->rtnl < 0 ? e->rtnl : 0;
}

/* An ioctl on a netdev of the calling thread's namespace */
static int net_ioctl(const char *name, unsigned long request, struct ifreq *ifr)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret = fd < 0 ? -errno : 0;

	snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%s", name);
	if (!ret && ioctl(fd, request, ifr))
		ret = -errno;
	net_close(&fd);
	if (ret)
		err("cannot ask for the state of %s: %s", name, strerror(-ret));
	return ret;
}

int net_is_up(const char *name, bool *up)
{
	struct ifreq ifr = {};
	int ret = net_ioctl(name, SIOCGIFFLAGS, &ifr);

	*up = ifr.ifr_flags & IFF_UP;
	return ret;
}

int net_mac(const char *name, uint8_t mac[6])
{
	struct ifreq ifr = {};
	int ret = net_ioctl(name, SIOCGIFHWADDR, &ifr);

	memcpy(mac, ifr.ifr_hwaddr.sa_data, 6);
	return ret;
}

int net_mtu(const char *name, unsigned int *mtu)
{
	struct ifreq ifr = {};
	int ret = net_ioctl(name, SIOCGIFMTU, &ifr);

	*mtu = (unsigned int)ifr.ifr_mtu;
	return ret;
}

static int net_end_find(struct net_end *e)
{
	int ret = net_enter(e);

	if (ret)
		return ret;
	e->ifindex = if_nametoindex(e->name);
	if (!e->ifindex) {
		err("cannot find %s in its namespace: %s", e->name, strerror(errno));
		return -errno;
	}
	return net_mac(e->name, e->mac);
}

static int net_end_up(struct net_end *e, const struct net_end *other)
{
	int ret;

	ret = rtnl_link_up(e->rtnl, e->ifindex);
	if (!ret)
		ret = rtnl_addr_add(e->rtnl, e->ifindex, e->addr, NET_PREFIX);
	if (!ret)
		ret = rtnl_neigh_add(e->rtnl, e->ifindex, other->addr, other->mac);
	return ret;
}

/* Links come up one after the other, those of hardware in their own time */
static int net_end_ready(const struct net_end *e, const struct device *dev)
{
	int tries = dev->ops->remote ? dev->wait * 1000 : LINK_TRIES;
	int ret = net_enter(e), i;
	bool up;

	for (i = 0; i < tries && !ret; i++) {
		ret = ethtool_link(e->name, &up);
		if (ret || up)
			return ret;
		if (interrupted())
			return -EINTR;
		usleep(LINK_US);
	}
	err("the link of %s is down after it was set up%s", e->name,
	    dev->ops->remote ? ": is the other machine's up?" : "");
	return -ENOLINK;
}

/* The receiver alone, where it is */
static int net_build_remote(struct net *n)
{
	int ret;

	snprintf(n->b.name, sizeof(n->b.name), "%s", n->dev->rx);
	n->b.ns = ns_of_thread();
	if (n->b.ns < 0) {
		err("cannot open /proc/thread-self/ns/net: %s", strerror(errno));
		return -errno;
	}
	n->b.rtnl = rtnl_open();
	if (n->b.rtnl < 0)
		return n->b.rtnl;
	ret = n->dev->ops->take(n);
	return ret ?: net_end_find(&n->b) ?: net_end_ready(&n->b, n->dev);
}

static int net_build(struct net *n)
{
	int ret;

	n->rtnl = rtnl_open();
	if (n->rtnl < 0)
		return n->rtnl;
	if (n->dev->ops->remote)
		return net_build_remote(n);
	ret = net_end_new(&n->a, n->dev->tx, 1);
	if (!ret)
		ret = net_end_new(&n->b, n->dev->rx, 2);
	if (!ret)
		ret = n->dev->ops->take(n);
	if (!ret)
		ret = net_end_find(&n->a);
	if (!ret)
		ret = net_end_find(&n->b);
	if (!ret)
		ret = net_end_up(&n->a, &n->b);
	if (!ret)
		ret = net_end_up(&n->b, &n->a);
	return ret ?: net_end_ready(&n->a, n->dev) ?: net_end_ready(&n->b, n->dev);
}

int net_setup(struct net *n, const struct device *dev)
{
	int ret;

	memset(n, 0, sizeof(*n));
	n->dev = dev;
	n->rtnl = -1;
	n->a.ns = -1;
	n->a.rtnl = -1;
	n->b.ns = -1;
	n->b.rtnl = -1;
	n->home = ns_of_thread();
	if (n->home < 0) {
		err("cannot open /proc/thread-self/ns/net: %s; is /proc mounted?",
		    strerror(errno));
		return -errno;
	}
	ret = cleanup_push(net_teardown, n);
	if (ret) {
		net_close(&n->home);
		return ret;
	}
	ret = net_build(n);
	ret = net_leave(n) ?: ret;
	if (!ret)
		foreign_net(n);
	return ret;
}

int net_napi(const struct net *n, bool on)
{
	return n->dev->ops->napi(n, on);
}

int net_count(const struct net *n, struct net_count *c)
{
	int ret;

	memset(c, 0, sizeof(*c));
	ret = net_enter(&n->b) ?: n->dev->ops->count(n, c);

	return net_leave(n) ?: ret;
}

static uint16_t ip_checksum(const void *data, size_t len)
{
	const uint16_t *p = data;
	uint32_t sum = 0;

	for (; len > 1; len -= 2)
		sum += *p++;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

size_t net_frame(const struct net *n, uint8_t *buf, size_t len)
{
	struct ethhdr eth = { .h_proto = htons(ETH_P_IP) };
	struct iphdr ip = {
		.version = 4,
		.ihl = sizeof(ip) / 4,
		.tot_len = htons(len - sizeof(eth)),
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.saddr = n->a.addr.s_addr,
		.daddr = n->b.addr.s_addr,
	};
	struct udphdr udp = {
		.source = htons(NET_PORT),
		.dest = htons(NET_PORT),
		.len = htons(len - sizeof(eth) - sizeof(ip)),
	};

	if (len < sizeof(eth) + sizeof(ip) + sizeof(udp))
		return 0;
	memcpy(eth.h_dest, n->b.mac, ETH_ALEN);
	memcpy(eth.h_source, n->a.mac, ETH_ALEN);
	ip.check = ip_checksum(&ip, sizeof(ip));
	memset(buf, 0, len);
	memcpy(buf, &eth, sizeof(eth));
	memcpy(buf + sizeof(eth), &ip, sizeof(ip));
	memcpy(buf + sizeof(eth) + sizeof(ip), &udp, sizeof(udp));
	return len;
}
