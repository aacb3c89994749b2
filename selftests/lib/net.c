// SPDX-License-Identifier: GPL-2.0-only
/* Two network namespaces with veth pairs between them, gone with the process */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "hookcost_test.h"

void hc_enter(int ns)
{
	if (setns(ns, CLONE_NEWNET))
		ksft_print_msg("cannot enter a network namespace: %s\n", strerror(errno));
}

int hc_this_ns(void)
{
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

static int new_ns(void)
{
	static const char *const no_ipv6[] = {
		"/proc/sys/net/ipv6/conf/all/disable_ipv6",
		"/proc/sys/net/ipv6/conf/default/disable_ipv6",
	};
	size_t i;

	if (unshare(CLONE_NEWNET)) {
		ksft_print_msg("cannot make a network namespace: %s\n", strerror(errno));
		return -1;
	}
	for (i = 0; i < ARRAY_SIZE(no_ipv6); i++) {
		int fd = open(no_ipv6[i], O_WRONLY);

		/* a kernel without IPv6 sends none */
		if (fd >= 0 && write(fd, "1", 1) != 1)
			ksft_print_msg("cannot turn IPv6 off: %s\n", strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	return hc_this_ns();
}

int hc_shell(int ns, const char *fmt, ...)
{
	int home = hc_this_ns(), ret;
	char command[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	hc_enter(ns);
	ret = system(command);
	hc_enter(home);
	close(home);
	if (ret)
		ksft_print_msg("\"%s\" failed\n", command);
	return ret ? -1 : 0;
}

int hc_mac(int ns, const char *dev, uint8_t mac[6])
{
	int home = hc_this_ns(), ret, sock;
	struct ifreq ifr = { 0 };

	hc_enter(ns);
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	ret = ioctl(sock, SIOCGIFHWADDR, &ifr);
	if (!ret)
		memcpy(mac, ifr.ifr_hwaddr.sa_data, 6);
	close(sock);
	hc_enter(home);
	close(home);
	return ret;
}

unsigned int hc_ifindex(int ns, const char *dev)
{
	int home = hc_this_ns();
	unsigned int index;

	hc_enter(ns);
	index = if_nametoindex(dev);
	hc_enter(home);
	close(home);
	return index;
}

int hc_neighbour(int ns, const char *dev, int of, const char *of_dev, const char *address)
{
	char text[24];
	uint8_t m[6];

	if (hc_mac(of, of_dev, m))
		return -1;
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
		 m[5]);
	return hc_shell(ns, "ip neigh replace %s lladdr %s dev %s nud permanent", address, text,
			dev);
}

int hc_net_queues(const struct hc_net *n, int pair, unsigned int queues)
{
	char a[16], b[16], ip_a[32], ip_b[32], many[64];

	snprintf(a, sizeof(a), "hc%da", pair);
	snprintf(b, sizeof(b), "hc%db", pair);
	snprintf(ip_a, sizeof(ip_a), "10.203.%d.1", pair);
	snprintf(ip_b, sizeof(ip_b), "10.203.%d.2", pair);
	snprintf(many, sizeof(many), "numtxqueues %u numrxqueues %u", queues, queues);
	if (hc_shell(n->a, "ip link add %s %s type veth peer name %s %s netns /proc/%d/fd/%d", a,
		     many, b, many, getpid(), n->b) ||
	    hc_shell(n->a, "ip addr add %s/24 dev %s && ip link set %s up", ip_a, a, a) ||
	    hc_shell(n->b, "ip addr add %s/24 dev %s && ip link set %s up", ip_b, b, b) ||
	    hc_neighbour(n->a, a, n->b, b, ip_b) || hc_neighbour(n->b, b, n->a, a, ip_a))
		return -1;
	return hc_gro(n->b, b, false);
}

int hc_net_pair(const struct hc_net *n, int pair)
{
	return hc_net_queues(n, pair, 1);
}

int hc_net_ipv6(const struct hc_net *n)
{
	if (hc_shell(n->a, "echo 0 >/proc/sys/net/ipv6/conf/hc0a/disable_ipv6") ||
	    hc_shell(n->b, "echo 0 >/proc/sys/net/ipv6/conf/hc0b/disable_ipv6") ||
	    hc_shell(n->a, "ip addr add fd00:203::1/64 dev hc0a nodad") ||
	    hc_shell(n->b, "ip addr add fd00:203::2/64 dev hc0b nodad") ||
	    hc_neighbour(n->a, "hc0a", n->b, "hc0b", "fd00:203::2") ||
	    hc_neighbour(n->b, "hc0b", n->a, "hc0a", "fd00:203::1"))
		return -1;
	return 0;
}

int hc_namespaces(struct hc_net *n)
{
	n->home = hc_this_ns();
	n->a = new_ns();
	n->b = new_ns();
	hc_enter(n->home);
	return n->home < 0 || n->a < 0 || n->b < 0 ? -1 : 0;
}

int hc_net_up(struct hc_net *n)
{
	return hc_namespaces(n) ?: hc_net_pair(n, 0);
}

void hc_net_down(struct hc_net *n)
{
	hc_enter(n->home);
	close(n->home);
	close(n->a);
	close(n->b);
}
