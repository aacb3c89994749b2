// SPDX-License-Identifier: GPL-2.0-only
/* Frames from templates: udp:64, tcp6:128 ..., of several flows */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include "core/run.h"
#include "core/util.h"
#include "prog/frames.h"
#include "prog/prog.h"
#include "traffic/zipf.h"

#define DRAWS		131072
#define FLOWS_MAX	1000000
#define PORT		9999

struct template {
	const char *name;
	bool v6;
	uint8_t proto;
	size_t least;
};

static const struct template templates[] = {
	{ "udp", false, IPPROTO_UDP,
	  ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr) },
	{ "tcp", false, IPPROTO_TCP,
	  ETH_HLEN + sizeof(struct iphdr) + sizeof(struct tcphdr) },
	{ "udp6", true, IPPROTO_UDP,
	  ETH_HLEN + sizeof(struct ipv6hdr) + sizeof(struct udphdr) },
	{ "tcp6", true, IPPROTO_TCP,
	  ETH_HLEN + sizeof(struct ipv6hdr) + sizeof(struct tcphdr) },
};

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static uint32_t sum16(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? p[i] : p[i] << 8;
	return sum;
}

/* Into the transport header at l4, over the pseudo header's addresses */
static void checksum(const struct template *t, uint8_t *l4, size_t len, const void *addresses,
		     size_t addresses_len)
{
	size_t at = t->proto == IPPROTO_UDP ? offsetof(struct udphdr, check) :
		    offsetof(struct tcphdr, check);
	uint32_t sum = sum16(addresses, addresses_len, t->proto + len);
	uint16_t check = htons(~fold(sum16(l4, len, sum)));

	/* of UDP it would say that there is none */
	if (!check && t->proto == IPPROTO_UDP)
		check = 0xffff;
	memcpy(l4 + at, &check, sizeof(check));
}

static void put_transport(const struct template *t, uint8_t *l4, size_t len, uint32_t flow)
{
	struct udphdr udp = { .source = htons(1024 + flow % 60000), .dest = htons(PORT),
			      .len = htons(len) };
	struct tcphdr tcp = { .source = udp.source, .dest = udp.dest, .doff = sizeof(tcp) / 4,
			      .ack = 1, .window = htons(1024), .seq = htonl(1),
			      .ack_seq = htonl(1) };

	if (t->proto == IPPROTO_UDP)
		memcpy(l4, &udp, sizeof(udp));
	else
		memcpy(l4, &tcp, sizeof(tcp));
}

/* The flow's number is in the source's address, from 10.0.0.1 or fd00::1 on */
static void put_frame(const struct template *t, uint8_t *frame, size_t len, uint32_t flow)
{
	struct ethhdr eth = { .h_dest = { 2, 0, 0, 0, 0, 2 }, .h_source = { 2, 0, 0, 0, 0, 1 },
			      .h_proto = htons(t->v6 ? ETH_P_IPV6 : ETH_P_IP) };
	struct ipv6hdr ip6 = { .version = 6, .nexthdr = t->proto, .hop_limit = 64 };
	struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = t->proto,
			    .tot_len = htons(len - ETH_HLEN) };
	uint8_t *l3 = frame + ETH_HLEN, *l4 = l3 + (t->v6 ? sizeof(ip6) : sizeof(ip));
	size_t l4_len = len - (l4 - frame);

	memset(frame, 0, len);
	memcpy(frame, &eth, sizeof(eth));
	put_transport(t, l4, l4_len, flow);
	if (t->v6) {
		ip6.payload_len = htons(l4_len);
		ip6.saddr.s6_addr[0] = 0xfd;
		ip6.saddr.s6_addr32[3] = htonl(flow + 1);
		ip6.daddr.s6_addr[0] = 0xfd;
		ip6.daddr.s6_addr[7] = 1;
		ip6.daddr.s6_addr[15] = 1;
		memcpy(l3, &ip6, sizeof(ip6));
		checksum(t, l4, l4_len, &ip6.saddr, 2 * sizeof(ip6.saddr));
		return;
	}
	ip.saddr = htonl(0x0a000001 + flow);
	ip.daddr = htonl(0x0a800001);
	ip.check = htons(~fold(sum16(&ip, sizeof(ip), 0)));
	memcpy(l3, &ip, sizeof(ip));
	checksum(t, l4, l4_len, &ip.saddr, 2 * sizeof(ip.saddr));
}

static int add(struct frames *f, const char *text, uint32_t flows, size_t longest)
{
	const char *colon = strchr(text, ':');
	uint8_t *frame;
	uint64_t len;
	size_t i;
	uint32_t k;

	for (i = 0; i < ARRAY_SIZE(templates); i++) {
		size_t name = strlen(templates[i].name);

		if (colon == text + name && !strncmp(text, templates[i].name, name))
			break;
	}
	if (i == ARRAY_SIZE(templates) || !parse_u64(colon + 1, &len) ||
	    len < templates[i].least || len > longest) {
		err("--frame takes udp, tcp, udp6 or tcp6:BYTES, headers to %zu bytes, not \"%s\"",
		    longest, text);
		return -EINVAL;
	}
	frame = xcalloc(1, len);
	for (k = 0; k < flows; k++) {
		put_frame(&templates[i], frame, len, k);
		frames_add(f, frame, len, k + 1);
	}
	free(frame);
	return 0;
}

/* Each draw is a packet of each template */
static void draw(struct frames *f, uint32_t flows, size_t ntemplates, double zipf)
{
	uint32_t *flow;
	size_t i, t;

	flow = xcalloc(DRAWS, sizeof(*flow));
	zipf_draw(flow, DRAWS, flows, zipf);
	f->order = xcalloc(DRAWS * ntemplates, sizeof(*f->order));
	for (i = 0; i < DRAWS; i++)
		for (t = 0; t < ntemplates; t++)
			f->order[f->norder++] = t * flows + flow[i];
	free(flow);
}

int frames_templates(struct frames *f, const struct prog_opts *o, size_t longest)
{
	static const char *const usual[] = { "udp:64" };
	const struct words words = { .word = (const char **)usual, .n = 1 };
	const struct words *w = o->frames.n ? &o->frames : &words;
	uint32_t flows = o->flows ?: 1;
	size_t i;
	int ret;

	f->from = "templates";
	for (i = 0; i < w->n; i++) {
		ret = add(f, w->word[i], flows, longest);
		if (ret)
			return ret;
	}
	if (flows > 1)
		draw(f, flows, w->n, o->zipf);
	return 0;
}
