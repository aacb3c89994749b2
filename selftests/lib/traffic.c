// SPDX-License-Identifier: GPL-2.0-only
/* Messages from namespace a to namespace b, counted one by one */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "checksum.h"
#include "hookcost_test.h"

#define PORT		4711
#define WAIT_MS		2000
/* A busy machine may take its CPU away for a while */
#define QUIET_MS	2000

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t address_of_b(union address *addr, int pair, int family)
{
	memset(addr, 0, sizeof(*addr));
	if (family == AF_INET6) {
		addr->in6.sin6_family = AF_INET6;
		addr->in6.sin6_port = htons(PORT);
		inet_pton(AF_INET6, "fd00:203::2", &addr->in6.sin6_addr);
		return sizeof(addr->in6);
	}
	addr->in.sin_family = AF_INET;
	addr->in.sin_port = htons(PORT);
	addr->in.sin_addr.s_addr = htonl(0x0acb0002 | (uint32_t)pair << 8);
	return sizeof(addr->in);
}

static int fail(struct hc_flow *f, const char *what)
{
	ksft_print_msg("%s: %s\n", what, strerror(errno));
	hc_flow_close(f);
	return -1;
}

/* The handshake: f->rx listens, then is the connection */
static int open_stream(struct hc_flow *f, const union address *addr, socklen_t len)
{
	int one = 1, listener = f->rx;

	if (listen(listener, 1) || connect(f->tx, &addr->sa, len))
		return fail(f, "cannot connect");
	f->rx = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	close(listener);
	if (f->rx < 0 || setsockopt(f->tx, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		return fail(f, "cannot accept");
	return 0;
}

int hc_flow_open(struct hc_flow *f, const struct hc_net *n, int pair, int family, int type)
{
	struct timeval wait = { .tv_sec = WAIT_MS / 1000 };
	int one = 1, room = 4 << 20;
	union address addr;
	socklen_t len = address_of_b(&addr, pair, family);

	memset(f, 0, sizeof(*f));
	f->net = n;
	f->pair = pair;
	hc_enter(n->a);
	f->tx = socket(family, type | SOCK_CLOEXEC, 0);
	hc_enter(n->b);
	f->rx = socket(family, type | SOCK_CLOEXEC, 0);
	hc_enter(n->home);
	if (f->tx < 0 || f->rx < 0 ||
	    setsockopt(f->rx, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    setsockopt(f->rx, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    setsockopt(f->rx, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ||
	    bind(f->rx, &addr.sa, len))
		return fail(f, "cannot make sockets");
	if (type == SOCK_STREAM)
		return open_stream(f, &addr, len) ?:
		       setsockopt(f->rx, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (connect(f->tx, &addr.sa, len))
		return fail(f, "cannot connect");
	return 0;
}

void hc_flow_close(struct hc_flow *f)
{
	if (f->tx >= 0)
		close(f->tx);
	if (f->rx >= 0)
		close(f->rx);
	f->tx = -1;
	f->rx = -1;
}

static int send_one(struct hc_flow *f)
{
	char message[HC_BYTES];

	memset(message, f->sent, sizeof(message));
	if (send(f->tx, message, sizeof(message), MSG_NOSIGNAL) != sizeof(message)) {
		ksft_print_msg("cannot send message %u: %s\n", f->sent, strerror(errno));
		return -1;
	}
	f->sent++;
	return 0;
}

int hc_one_by_one(struct hc_flow *f, unsigned int n)
{
	char message[HC_BYTES];

	while (n--) {
		if (send_one(f))
			return -1;
		if (recv(f->rx, message, sizeof(message), MSG_WAITALL) != sizeof(message)) {
			ksft_print_msg("message %u did not arrive: %s\n", f->received,
				       strerror(errno));
			return -1;
		}
		if (message[0] != (char)f->received || message[HC_BYTES - 1] != message[0]) {
			ksft_print_msg("message %u is not what was sent\n", f->received);
			return -1;
		}
		f->received++;
	}
	return 0;
}

static bool receive(struct hc_flow *f, int ms)
{
	struct pollfd p = { .fd = f->rx, .events = POLLIN };
	char message[HC_BYTES];

	if (ms && poll(&p, 1, ms) != 1)
		return false;
	if (recv(f->rx, message, sizeof(message), MSG_DONTWAIT) != sizeof(message))
		return false;
	f->received++;
	return true;
}

void hc_drain(struct hc_flow *f, unsigned int want)
{
	while (f->received < want && receive(f, QUIET_MS))
		;
}

int hc_await_napi(const struct hc_net *n, int pair, uint64_t count)
{
	struct timespec step = { .tv_nsec = 100000 };
	int tries = WAIT_MS * 10;
	char dev[16];

	snprintf(dev, sizeof(dev), "hc%db", pair);
	while (hc_counter(n->b, dev, "xdp_packets") < count) {
		if (!tries--) {
			ksft_print_msg("%s has not received all that was sent\n", dev);
			return -1;
		}
		nanosleep(&step, NULL);
	}
	return 0;
}

/* The queue before b's NAPI holds 256 frames, so that it must not fall behind */
int hc_bursts(struct hc_flow *f, unsigned int n)
{
	uint64_t before = 0;
	unsigned int i;
	char dev[16];

	snprintf(dev, sizeof(dev), "hc%db", f->pair);
	if (f->napi)
		before = hc_counter(f->net->b, dev, "xdp_packets");
	for (i = 0; i < n;) {
		if (send_one(f))
			return -1;
		i++;
		if (i % HC_BURST && i < n)
			continue;
		if (f->napi && hc_await_napi(f->net, f->pair, before + i))
			return -1;
		while (receive(f, 0))
			;
	}
	return 0;
}

void hc_frame(const struct hc_net *n, uint8_t *frame, size_t len, uint16_t type, uint8_t seed)
{
	struct ethhdr *eth = (void *)frame;
	size_t i;

	hc_mac(n->b, "hc0b", eth->h_dest);
	hc_mac(n->a, "hc0a", eth->h_source);
	eth->h_proto = htons(type);
	for (i = sizeof(*eth); i < len; i++)
		frame[i] = seed++;
}

void hc_udp_frame(const struct hc_net *n, uint8_t *frame)
{
	struct iphdr *ip = (void *)(frame + sizeof(struct ethhdr));
	struct udphdr *udp = (void *)(ip + 1);

	hc_frame(n, frame, HC_UDP_FRAME, ETH_P_IP, 0);
	*ip = (struct iphdr){
		.version = 4,
		.ihl = 5,
		.tot_len = htons(HC_UDP_FRAME - sizeof(struct ethhdr)),
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.saddr = htonl(0x0acb0001),
		.daddr = htonl(0x0acb0002),
	};
	ip->check = htons(~hc_sum16(ip, sizeof(*ip), 0));
	/* no checksum, which UDP allows */
	*udp = (struct udphdr){
		.source = htons(PORT),
		.dest = htons(PORT),
		.len = htons(sizeof(*udp) + HC_BYTES),
	};
}

int hc_packet_socket(int ns, const char *dev, uint16_t type)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(type),
		.sll_ifindex = hc_ifindex(ns, dev),
	};
	struct timeval wait = { .tv_sec = WAIT_MS / 1000 };
	int home = hc_this_ns(), sock;

	hc_enter(ns);
	sock = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	hc_enter(home);
	close(home);
	if (sock < 0 || bind(sock, (void *)&addr, sizeof(addr)) ||
	    setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait))) {
		ksft_print_msg("cannot make a packet socket: %s\n", strerror(errno));
		return -1;
	}
	return sock;
}
