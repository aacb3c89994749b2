// SPDX-License-Identifier: GPL-2.0-only
/* Is what an echo server sends back right? Looks at the datagrams, and at their frames */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "bench/echo/echo.h"
#include "core/run.h"
#include "core/util.h"

#define WAIT_MS		1000
#define ROUNDS		4

/* Around the flags, odd ones, the least frame, pages of drivers, the MTU */
static const unsigned int lengths[] = {
	1, 2, 9, 10, 11, 14, 17, 18, 19, 63, 64, 65, 127, 128, 214, 215, 255, 256, 257, 511, 512,
	1000, 1001, 1023, 1024, 1025, 1458, 1471, 1472,
};

struct check {
	const struct net *net;
	int udp, packet;
	uint8_t sent[1472], want[1472];
	unsigned int len;
	bool checksum;			/* the request has one */
	char *why;
	size_t why_len;
};

struct frame {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
	uint8_t data[65536];
} __attribute__((packed));

static int wrong(struct check *c, const char *what)
{
	snprintf(c->why, c->why_len, "of %u bytes: %s", c->len, what);
	return -EBADMSG;
}

static int check_fail(const char *what)
{
	int ret = errno ? -errno : -EINVAL;

	err("echo client: cannot %s: %s", what, strerror(-ret));
	return ret;
}

/* One's complement sum of bytes in network order, as if a 0 followed an odd one */
static uint32_t sum(const void *data, size_t len, uint32_t so_far)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		so_far += i % 2 ? p[i] : p[i] << 8;
	return so_far;
}

static uint16_t folded(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return s;
}

/* With the pseudo header; 0xffff if the checksum in it is right */
static uint16_t udp_sum(const struct frame *f, size_t len)
{
	uint32_t s = sum(&f->ip.saddr, 8, IPPROTO_UDP + len);

	return folded(sum(&f->udp, len, s));
}

static int look_at_frame(struct check *c, const struct frame *f, size_t len)
{
	const struct net *n = c->net;
	size_t udp_len = sizeof(f->udp) + c->len;

	/* the least frame may be longer than its packet */
	if (len < sizeof(f->eth) + sizeof(f->ip) + udp_len ||
	    ntohs(f->ip.tot_len) != sizeof(f->ip) + udp_len || ntohs(f->udp.len) != udp_len)
		return wrong(c, "the frame has another length");
	if (memcmp(f->eth.h_dest, n->a.mac, ETH_ALEN) ||
	    memcmp(f->eth.h_source, n->b.mac, ETH_ALEN))
		return wrong(c, "the frame's MAC addresses are not swapped");
	if (f->ip.saddr != n->b.addr.s_addr || f->ip.daddr != n->a.addr.s_addr ||
	    f->udp.source != htons(ECHO_PORT) || f->udp.dest != htons(ECHO_CLIENT_PORT))
		return wrong(c, "IP addresses or ports are not swapped");
	if (folded(sum(&f->ip, sizeof(f->ip), 0)) != 0xffff)
		return wrong(c, "the IP checksum is wrong");
	/* without one is right only if the request had none; a socket's answer has one then, too */
	if (f->udp.check ? udp_sum(f, udp_len) != 0xffff : c->checksum)
		return wrong(c, "the UDP checksum is wrong");
	if (memcmp(f->data, c->want, c->len))
		return wrong(c, "the frame has other bytes");
	return 0;
}

/* What was sent is seen as well, and is not meant */
static int next_frame(struct check *c)
{
	static struct frame f;
	struct sockaddr_ll from;
	ssize_t n;

	do {
		socklen_t len = sizeof(from);

		n = recvfrom(c->packet, &f, sizeof(f), 0, (struct sockaddr *)&from, &len);
		if (n < 0 && errno != EINTR)
			return wrong(c, "its frame was not seen");
		if (interrupted())
			return -EINTR;
	} while (n < 0 || from.sll_pkttype == PACKET_OUTGOING || f.ip.protocol != IPPROTO_UDP);
	return look_at_frame(c, &f, n);
}

/* Different in every datagram, so that no answer is taken for another's */
static void fill(struct check *c, unsigned int seed)
{
	unsigned int i;

	for (i = 0; i < c->len; i++)
		c->sent[i] = (seed * 131 + i * 7 + (i >> 8)) ^ (seed >> 3);
	memcpy(c->want, c->sent, c->len);
	if (c->len >= ECHO_FLAGS_END)
		c->want[ECHO_FLAGS_AT + 1] &= ~ECHO_REQUEST;
}

static int exchange(struct check *c)
{
	static uint8_t got[65536];
	int none = !c->checksum;
	ssize_t n;

	if (setsockopt(c->udp, SOL_SOCKET, SO_NO_CHECK, &none, sizeof(none)))
		return check_fail("send without a checksum");
	if (send(c->udp, c->sent, c->len, 0) != (ssize_t)c->len)
		return check_fail("send");
	do {
		n = recv(c->udp, got, sizeof(got), 0);
		if (interrupted())
			return -EINTR;
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return wrong(c, "no answer came");
	if (n != c->len || memcmp(got, c->want, c->len))
		return wrong(c, "the answer has other bytes");
	return next_frame(c);
}

static int open_udp(struct check *c)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(ECHO_CLIENT_PORT),
				    .sin_addr = c->net->a.addr };
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons(ECHO_PORT),
				     .sin_addr = c->net->b.addr };

	c->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (c->udp < 0 || bind(c->udp, (struct sockaddr *)&here, sizeof(here)) ||
	    connect(c->udp, (struct sockaddr *)&there, sizeof(there)))
		return check_fail("open its socket");
	return 0;
}

static int open_packet(struct check *c)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP),
				  .sll_ifindex = c->net->a.ifindex };

	c->packet = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (c->packet < 0 || bind(c->packet, (struct sockaddr *)&at, sizeof(at)))
		return check_fail("open a packet socket");
	return 0;
}

static int limits(const struct check *c)
{
	struct timeval limit = { .tv_sec = WAIT_MS / 1000, .tv_usec = WAIT_MS % 1000 * 1000 };

	if (setsockopt(c->udp, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ||
	    setsockopt(c->packet, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		return check_fail("set a time limit");
	return 0;
}

static int all_lengths(struct check *c, unsigned int *right)
{
	unsigned int round, i;
	int ret = 0;

	for (round = 0; round < ROUNDS && !ret; round++) {
		for (i = 0; i < ARRAY_SIZE(lengths) && !ret; i++) {
			c->len = lengths[i];
			c->checksum = round % 2 == 0;
			fill(c, *right);
			ret = exchange(c);
			*right += !ret;
		}
	}
	return ret;
}

int echo_check(const struct net *n, unsigned int *right, char *why, size_t len)
{
	struct check c = { .net = n, .udp = -1, .packet = -1, .why = why, .why_len = len };
	int ret, left;

	*right = 0;
	why[0] = '\0';
	ret = net_enter(&n->a) ?: open_udp(&c) ?: open_packet(&c) ?: limits(&c) ?:
	      all_lengths(&c, right);
	if (c.udp >= 0)
		close(c.udp);
	if (c.packet >= 0)
		close(c.packet);
	left = net_leave(n);
	return ret ?: left;
}
