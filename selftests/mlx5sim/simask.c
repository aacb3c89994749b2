// SPDX-License-Identifier: GPL-2.0-only
/* Requests and replies for mlx5sim's generator and sink */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "checksum.h"
#include "simask.h"
#include "simdata.h"

#define PORT	4713

size_t ask_len(unsigned int kind)
{
	return 60 + 3 * kind;
}

size_t ask_reply_len(unsigned int kind)
{
	return ask_len(kind) + ASK_GROWS * kind;
}

void ask_request(uint8_t frame[ASK_MAX], unsigned int kind)
{
	struct iphdr *ip = (void *)(frame + ETH_HLEN);
	struct udphdr *udp = (void *)(ip + 1);
	size_t len = ask_len(kind);

	memset(frame, 0, ASK_MAX);
	hc_frame(&sim.net, frame, len, ETH_P_IP, 16 * kind);
	*ip = (struct iphdr){
		.version = 4,
		.ihl = 5,
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.tot_len = htons(len - ETH_HLEN),
		.saddr = htonl(0x0acb0001),
		.daddr = htonl(0x0acb0002),
	};
	ip->check = htons(~hc_sum16(ip, sizeof(*ip), 0));
	*udp = (struct udphdr){
		.source = htons(PORT),
		.dest = htons(PORT),
		.len = htons(len - ETH_HLEN - sizeof(*ip)),
	};
	memset(frame + ASK_NUMBER_AT, 0, 2);
	frame[ASK_KIND_AT] = kind;
	frame[ASK_MARK_AT] = 0;
}

void ask_reply(uint8_t frame[ASK_MAX], unsigned int kind)
{
	uint8_t mac[ETH_ALEN];

	/* the rest is 0, as a program's longer tail */
	ask_request(frame, kind);
	memcpy(mac, frame, ETH_ALEN);
	memcpy(frame, frame + ETH_ALEN, ETH_ALEN);
	memcpy(frame + ETH_ALEN, mac, ETH_ALEN);
	frame[ASK_MARK_AT] = 1;
}

int ask_templates(unsigned int n)
{
	uint8_t frame[ASK_MAX];
	unsigned int i;
	int ret = 0;

	for (i = 0; i < n && !ret; i++) {
		ask_request(frame, i);
		ret = sim_port_write(DATA_PORT_B, i ? "gen/frames" : "gen/template", frame,
				     ask_len(i));
	}
	return ret ?: data_set(DATA_PORT_B, "gen/number_at", ASK_NUMBER_AT);
}

int ask_pattern(const void *pattern, size_t len)
{
	return len ? sim_port_write(DATA_PORT_B, "gen/pattern", pattern, len) :
		     ask_truncate(DATA_PORT_B, "gen/pattern");
}

int ask_add_reply(unsigned int kind)
{
	uint8_t frame[ASK_MAX];

	ask_reply(frame, kind);
	return sim_port_write(DATA_PORT_A, "sink/frames", frame, ask_reply_len(kind));
}

int ask_expect(unsigned int n)
{
	int ret = data_set(DATA_PORT_A, "sink/on", 0) ?: ask_truncate(DATA_PORT_A, "sink/frames");
	unsigned int i;

	for (i = 0; i < n && !ret; i++)
		ret = ask_add_reply(i);
	return ret;
}

int ask_sink(unsigned int from, unsigned int number_at, unsigned int check)
{
	return data_set(DATA_PORT_A, "sink/from", from) ?:
	       data_set(DATA_PORT_A, "sink/number_at", number_at) ?:
	       data_set(DATA_PORT_A, "sink/check", check);
}

/* Lines are in order, and their bins do not overlap */
static void add_bin(const char *text, void *arg)
{
	struct ask_residence *r = arg;
	uint64_t low, high, count;
	unsigned int kind;

	if (sscanf(text, "%u %" SCNu64 " %" SCNu64 " %" SCNu64, &kind, &low, &high, &count) != 4 ||
	    kind >= ASK_KINDS || !count || low > high || kind < r->last.kind ||
	    (kind == r->last.kind && low < r->last.high)) {
		r->bad++;
		return;
	}
	r->count[kind] += count;
	if (!r->shortest || high < r->shortest)
		r->shortest = high;
	r->last.kind = kind;
	r->last.high = high;
}

struct ask_residence ask_residence(void)
{
	struct ask_residence r = {};

	sim_lines(DATA_PORT_A, "sink/residence", add_bin, &r);
	return r;
}

static int open_file(int port, const char *file, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/debug/mlx5sim/port%d/%s", port, file);
	return open(path, flags | O_CLOEXEC);
}

int ask_truncate(int port, const char *file)
{
	int fd = open_file(port, file, O_WRONLY | O_TRUNC);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int ask_read(int port, const char *file, void *buf, size_t size)
{
	int fd = open_file(port, file, O_RDONLY);
	ssize_t n, got = 0;

	if (fd < 0)
		return -errno;
	do {
		n = read(fd, (char *)buf + got, size - got);
		got += n > 0 ? n : 0;
	} while (n > 0 && (size_t)got < size);
	close(fd);
	return n < 0 ? -errno : got;
}
