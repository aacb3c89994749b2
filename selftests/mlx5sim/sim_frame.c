// SPDX-License-Identifier: GPL-2.0-only
/*
 * sim_frame FILE KEY=VALUE...: writes an Ethernet frame to FILE, with one write(2)
 *
 *	dst=MAC src=MAC vlan=ID type=NUMBER	header; type is set by ip
 *	ip=SOURCE,DESTINATION			IPv4 or IPv6
 *	udp=SOURCE,DESTINATION tcp=...		ports
 *	len=BYTES				of the whole frame, without FCS
 *	n=COUNT					that many times
 *
 * The shell cannot: its printf flushes at each byte that is a newline.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checksum.h"

#define MAX_LEN	65536
#define MIN_LEN	60

static uint8_t frame[MAX_LEN];

struct wanted {
	const char *dst, *src, *vlan, *type, *ip, *udp, *tcp, *len, *n;
};

static void die(const char *what, const char *value)
{
	fprintf(stderr, "sim_frame: %s: %s\n", what, value);
	exit(1);
}

static void put16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static void put_mac(uint8_t *at, const char *text)
{
	if (sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", at, at + 1, at + 2, at + 3, at + 4,
		   at + 5) != 6)
		die("no MAC address", text);
}

/* "A,B" in two */
static char *split(const char *text)
{
	char *copy = strdup(text), *comma = strchr(copy, ',');

	if (!comma)
		die("no comma", text);
	*comma = '\0';
	return copy;
}

static uint8_t *put_ip4(uint8_t *ip, char *src, const char *dst, uint8_t proto, uint16_t len)
{
	ip[0] = 0x45;
	put16(ip + 2, len);
	ip[8] = 64;
	ip[9] = proto;
	if (!inet_pton(AF_INET, src, ip + 12) || !inet_pton(AF_INET, dst, ip + 16))
		die("no IPv4 address", src);
	put16(ip + 10, ~hc_sum16(ip, 20, 0));
	return ip + 20;
}

static uint8_t *put_ip6(uint8_t *ip, char *src, const char *dst, uint8_t proto, uint16_t len)
{
	ip[0] = 0x60;
	put16(ip + 4, len - 40);
	ip[6] = proto;
	ip[7] = 64;
	if (!inet_pton(AF_INET6, src, ip + 8) || !inet_pton(AF_INET6, dst, ip + 24))
		die("no IPv6 address", src);
	return ip + 40;
}

static void put_ports(uint8_t *l4, const char *text, bool udp, uint16_t len)
{
	char *src = split(text);

	put16(l4, atoi(src));
	put16(l4 + 2, atoi(src + strlen(src) + 1));
	if (udp)
		put16(l4 + 4, len);
	else
		l4[12] = 5 << 4;
	free(src);
}

static void put_packet(uint8_t *at, const struct wanted *w, size_t len)
{
	uint8_t proto = w->udp ? IPPROTO_UDP : w->tcp ? IPPROTO_TCP : IPPROTO_RAW;
	char *src = split(w->ip), *dst = src + strlen(src) + 1;
	bool v6 = strchr(src, ':');
	uint8_t *l4;

	put16(at, v6 ? 0x86dd : 0x0800);
	at += 2;
	len -= at - frame;
	l4 = v6 ? put_ip6(at, src, dst, proto, len) : put_ip4(at, src, dst, proto, len);
	if (w->udp || w->tcp)
		put_ports(l4, w->udp ?: w->tcp, w->udp, len - (l4 - at));
	free(src);
}

static size_t build(const struct wanted *w)
{
	size_t len = w->len ? strtoul(w->len, NULL, 0) : MIN_LEN;
	uint8_t *at = frame + 12;

	if (len > MAX_LEN)
		die("too long", w->len);
	put_mac(frame, w->dst ?: "ff:ff:ff:ff:ff:ff");
	put_mac(frame + 6, w->src ?: "02:00:00:00:00:99");
	if (w->vlan) {
		put16(at, 0x8100);
		put16(at + 2, atoi(w->vlan));
		at += 4;
	}
	if (w->ip)
		put_packet(at, w, len);
	else	/* for local experiments, unless another is asked for */
		put16(at, w->type ? strtoul(w->type, NULL, 0) : 0x88b5);
	return len;
}

static void parse(struct wanted *w, const char *arg)
{
	struct {
		const char *key, **value;
	} keys[] = {
		{ "dst=", &w->dst }, { "src=", &w->src }, { "vlan=", &w->vlan },
		{ "type=", &w->type }, { "ip=", &w->ip }, { "udp=", &w->udp },
		{ "tcp=", &w->tcp }, { "len=", &w->len }, { "n=", &w->n }, {}
	}, *k;
	size_t n;

	for (k = keys; k->key; k++) {
		n = strlen(k->key);
		if (!strncmp(arg, k->key, n)) {
			*k->value = arg + n;
			return;
		}
	}
	die("unknown argument", arg);
}

int main(int argc, char **argv)
{
	struct wanted w = {};
	size_t len, n;
	int fd, i;

	if (argc < 2)
		die("no FILE", "");
	for (i = 2; i < argc; i++)
		parse(&w, argv[i]);
	len = build(&w);
	fd = open(argv[1], O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		die(argv[1], strerror(errno));
	for (n = w.n ? strtoul(w.n, NULL, 0) : 1; n; n--)
		/* ENOBUFS: no queue has taken it, which can be what is to be seen */
		if (write(fd, frame, len) != (ssize_t)len && errno != ENOBUFS)
			die(argv[1], strerror(errno));
	close(fd);
	return 0;
}
