// SPDX-License-Identifier: GPL-2.0-only
/* A frame's headers in words */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include "prog/frames.h"

#define VLANS_MAX 2

struct headers {
	unsigned int vlans, vlan;
	uint16_t ethertype;
	int family, proto;		/* 0, -1: none */
	bool fragment;			/* not the first one: no ports */
	char source[INET6_ADDRSTRLEN], dest[INET6_ADDRSTRLEN];
	bool ports;
	uint16_t sport, dport;
	size_t payload;			/* where it begins; 0: there is none, or it is not known */
};

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static size_t parse_ip(struct headers *h, const uint8_t *p, size_t len)
{
	struct iphdr ip;

	if (len < sizeof(ip))
		return 0;
	memcpy(&ip, p, sizeof(ip));
	if (ip.version != 4 || ip.ihl < 5 || len < ip.ihl * 4)
		return 0;
	h->family = AF_INET;
	h->proto = ip.protocol;
	h->fragment = ntohs(ip.frag_off) & 0x1fff;
	inet_ntop(AF_INET, &ip.saddr, h->source, sizeof(h->source));
	inet_ntop(AF_INET, &ip.daddr, h->dest, sizeof(h->dest));
	return ip.ihl * 4;
}

static size_t parse_ip6(struct headers *h, const uint8_t *p, size_t len)
{
	struct ipv6hdr ip;

	if (len < sizeof(ip))
		return 0;
	memcpy(&ip, p, sizeof(ip));
	if (ip.version != 6)
		return 0;
	h->family = AF_INET6;
	h->proto = ip.nexthdr;
	inet_ntop(AF_INET6, &ip.saddr, h->source, sizeof(h->source));
	inet_ntop(AF_INET6, &ip.daddr, h->dest, sizeof(h->dest));
	return sizeof(ip);
}

static void parse(struct headers *h, const uint8_t *data, size_t len)
{
	size_t at = ETH_HLEN, l3;

	memset(h, 0, sizeof(*h));
	h->proto = -1;
	h->ethertype = len >= ETH_HLEN ? get16(data + ETH_HLEN - 2) : 0;
	while ((h->ethertype == ETH_P_8021Q || h->ethertype == ETH_P_8021AD) &&
	       h->vlans < VLANS_MAX && len >= at + 4) {
		h->vlan = get16(data + at) & 0xfff;
		h->ethertype = get16(data + at + 2);
		h->vlans++;
		at += 4;
	}
	if (len < at)
		return;
	l3 = h->ethertype == ETH_P_IP ? parse_ip(h, data + at, len - at) :
	     h->ethertype == ETH_P_IPV6 ? parse_ip6(h, data + at, len - at) : 0;
	if (!l3 || h->fragment || len < at + l3 + 4 ||
	    (h->proto != IPPROTO_TCP && h->proto != IPPROTO_UDP))
		return;
	h->ports = true;
	h->sport = get16(data + at + l3);
	h->dport = get16(data + at + l3 + 2);
	at += l3;
	if (h->proto == IPPROTO_UDP)
		h->payload = at + 8;
	else if (len >= at + 20)
		h->payload = at + (data[at + 12] >> 4) * 4;
}

/* What the IP header says it has; a short frame is padded */
static size_t ip_end(const struct headers *h, const uint8_t *data, size_t len)
{
	size_t l3 = ETH_HLEN + h->vlans * 4, end;

	end = l3 + (h->family == AF_INET ? get16(data + l3 + 2) : 40 + get16(data + l3 + 4));
	return end < len ? end : len;
}

size_t frame_payload(const uint8_t *data, size_t len, const uint8_t **payload)
{
	struct headers h;
	size_t end;

	parse(&h, data, len);
	end = h.payload ? ip_end(&h, data, len) : 0;
	if (end <= h.payload)
		return 0;
	*payload = data + h.payload;
	return end - h.payload;
}

static const char *proto_name(int proto, char *buf, size_t len)
{
	switch (proto) {
	case IPPROTO_TCP:
		return "TCP";
	case IPPROTO_UDP:
		return "UDP";
	case IPPROTO_ICMP:
		return "ICMP";
	case IPPROTO_ICMPV6:
		return "ICMPv6";
	}
	snprintf(buf, len, "protocol %d", proto);
	return buf;
}

static void protocol(const struct headers *h, char *text, size_t room)
{
	char number[32];
	size_t n = 0;

	if (h->vlans)
		n = snprintf(text, room, "VLAN ");
	if (h->family)
		snprintf(text + n, room - n, "%s %s%s", h->family == AF_INET ? "IPv4" : "IPv6",
			 proto_name(h->proto, number, sizeof(number)),
			 h->fragment ? " fragment" : "");
	else if (h->ethertype == ETH_P_ARP)
		snprintf(text + n, room - n, "ARP");
	else
		snprintf(text + n, room - n, "type 0x%04x", h->ethertype);
}

void frame_protocol(const uint8_t *data, size_t len, char *text, size_t room)
{
	struct headers h;

	parse(&h, data, len);
	protocol(&h, text, room);
}

void frame_headers(const uint8_t *data, size_t len, char *text, size_t room)
{
	struct headers h;
	size_t n;

	parse(&h, data, len);
	protocol(&h, text, room);
	n = strlen(text);
	if (h.vlans)
		n += snprintf(text + n, room - n, " %u", h.vlan);
	if (h.ports)
		snprintf(text + n, room - n, h.family == AF_INET ? " %s:%u > %s:%u" :
			 " [%s]:%u > [%s]:%u", h.source, h.sport, h.dest, h.dport);
	else if (h.family)
		snprintf(text + n, room - n, " %s > %s", h.source, h.dest);
}
