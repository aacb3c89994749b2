// SPDX-License-Identifier: GPL-2.0-only
/* Captures of all kinds, into the folder that is named; or one of so many frames */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
	uint8_t at[16384];
	size_t n;
};

static void put(struct bytes *b, const void *data, size_t len)
{
	memcpy(b->at + b->n, data, len);
	b->n += len;
}

static void fill(struct bytes *b, uint8_t value, size_t len)
{
	memset(b->at + b->n, value, len);
	b->n += len;
}

/* A number of `len` bytes, the most significant one first if big */
static void number(struct bytes *b, uint64_t value, size_t len, bool big)
{
	size_t i;

	for (i = 0; i < len; i++)
		b->at[b->n++] = value >> 8 * (big ? len - 1 - i : i);
}

/* As in a packet */
static void net(struct bytes *b, uint64_t value, size_t len)
{
	number(b, value, len, true);
}

static void ethernet(struct bytes *b, uint16_t type)
{
	b->n = 0;
	net(b, 0x020000000002, 6);
	net(b, 0x020000000001, 6);
	net(b, type, 2);
}

static void ip4(struct bytes *b, uint8_t proto, size_t len)
{
	net(b, 0x4500, 2);
	net(b, 20 + len, 2);
	net(b, 0, 4);
	net(b, 64, 1);
	net(b, proto, 1);
	net(b, 0, 2);
	net(b, 0x0a000001, 4);
	net(b, 0x0a800001, 4);
}

static void ip6_address(struct bytes *b, uint8_t last)
{
	net(b, 0xfd, 1);
	fill(b, 0, 14);
	net(b, last, 1);
}

static void ip6(struct bytes *b, uint8_t proto, size_t len)
{
	net(b, 6U << 28, 4);
	net(b, len, 2);
	net(b, proto, 1);
	net(b, 64, 1);
	ip6_address(b, 1);
	ip6_address(b, 2);
}

static void udp(struct bytes *b, size_t len)
{
	net(b, 1024, 2);
	net(b, 9999, 2);
	net(b, 8 + len, 2);
	net(b, 0, 2);
	fill(b, 'u', len);
}

static void tcp(struct bytes *b, size_t len)
{
	net(b, 1024, 2);
	net(b, 80, 2);
	net(b, 1, 4);
	net(b, 1, 4);
	net(b, 0x5010, 2);
	net(b, 1024, 2);
	net(b, 0, 4);
	fill(b, 't', len);
}

#define MIX	6

/* 2 of IPv4, 2 of IPv6, 1 with a VLAN tag, 1 of ARP */
static void make_mix(struct bytes *f)
{
	ethernet(&f[0], 0x0800);
	ip4(&f[0], 17, 8 + 18);
	udp(&f[0], 18);
	ethernet(&f[1], 0x0800);
	ip4(&f[1], 6, 20 + 1400);
	tcp(&f[1], 1400);
	ethernet(&f[2], 0x8100);
	net(&f[2], 42, 2);
	net(&f[2], 0x0800, 2);
	ip4(&f[2], 17, 8 + 100);
	udp(&f[2], 100);
	ethernet(&f[3], 0x86dd);
	ip6(&f[3], 17, 8 + 50);
	udp(&f[3], 50);
	ethernet(&f[4], 0x86dd);
	ip6(&f[4], 6, 20 + 300);
	tcp(&f[4], 300);
	ethernet(&f[5], 0x0806);
	memset(f[5].at, 0xff, 6);
	fill(&f[5], 0, 46);
}

struct pcap {
	uint32_t magic, link, snap;
	bool big;
};

static const struct pcap usual = { 0xa1b2c3d4, 1, 65535 };

static struct bytes *pcap(const struct pcap *p, const struct bytes *frames, size_t n)
{
	static struct bytes out;
	size_t i;

	out.n = 0;
	number(&out, p->magic, 4, p->big);
	number(&out, 2, 2, p->big);
	number(&out, 4, 2, p->big);
	number(&out, 0, 8, p->big);
	number(&out, p->snap, 4, p->big);
	number(&out, p->link, 4, p->big);
	for (i = 0; i < n; i++) {
		size_t len = frames[i].n < p->snap ? frames[i].n : p->snap;

		number(&out, i, 4, p->big);
		number(&out, 0, 4, p->big);
		number(&out, len, 4, p->big);
		number(&out, frames[i].n, 4, p->big);
		put(&out, frames[i].at, len);
	}
	return &out;
}

static void block(struct bytes *out, uint32_t kind, const struct bytes *body, bool big)
{
	size_t padded = (body->n + 3) & ~3UL;

	number(out, kind, 4, big);
	number(out, 12 + padded, 4, big);
	put(out, body->at, body->n);
	fill(out, 0, padded - body->n);
	number(out, 12 + padded, 4, big);
}

static struct bytes *pcapng(const struct bytes *frames, size_t n, bool big)
{
	static struct bytes out, body;
	size_t i;

	out.n = 0;
	body.n = 0;
	number(&body, 0x1a2b3c4d, 4, big);
	number(&body, 1, 2, big);
	number(&body, 0, 2, big);
	fill(&body, 0xff, 8);
	block(&out, 0x0a0d0d0a, &body, big);
	body.n = 0;
	number(&body, 1, 2, big);
	number(&body, 0, 2, big);
	number(&body, 65535, 4, big);
	block(&out, 1, &body, big);
	for (i = 0; i < n; i++) {
		body.n = 0;
		number(&body, 0, 8, big);
		number(&body, i, 4, big);
		number(&body, frames[i].n, 4, big);
		number(&body, frames[i].n, 4, big);
		put(&body, frames[i].at, frames[i].n);
		block(&out, 6, &body, big);
	}
	return &out;
}

static const char *folder;

static void save(const char *name, const void *data, size_t len)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	if (!f || fwrite(data, 1, len, f) != len || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static void save_all(const char *name, const struct bytes *b)
{
	save(name, b->at, b->n);
}

static void save_text(void)
{
	static const char line[] = "this is no capture, but a text\n";
	char text[8 * sizeof(line)] = "";
	int i;

	for (i = 0; i < 8; i++)
		strcat(text, line);
	save("text.pcap", text, strlen(text));
}

/* IPv4 and IPv6 UDP in turns, each IPv4 frame from an address of its own */
static int save_many(const char *path, unsigned long n)
{
	static struct bytes mix[MIX];
	struct bytes *head = pcap(&usual, mix, 0), record;
	FILE *f = fopen(path, "w");
	unsigned long i;

	make_mix(mix);
	if (f)
		fwrite(head->at, 1, head->n, f);
	for (i = 0; f && i < n; i++) {
		struct bytes *frame = &mix[i % 2 ? 3 : 0];

		frame->at[27] = i >> 16;
		frame->at[28] = i >> 8;
		frame->at[29] = i;
		record.n = 0;
		number(&record, i / 1000000, 4, false);
		number(&record, i % 1000000, 4, false);
		number(&record, frame->n, 4, false);
		number(&record, frame->n, 4, false);
		fwrite(record.at, 1, record.n, f);
		fwrite(frame->at, 1, frame->n, f);
	}
	if (!f || ferror(f) || fclose(f)) {
		perror(path);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct bytes mix[MIX], more[MIX + 2];
	const struct bytes runt = { "runt", 4 };
	struct pcap p = usual;
	struct bytes *whole;

	if (argc == 3)
		return save_many(argv[1], strtoul(argv[2], NULL, 10));
	if (argc != 2) {
		fprintf(stderr, "usage: prog_captures FOLDER | FILE FRAMES\n");
		return 1;
	}
	folder = argv[1];
	make_mix(mix);
	whole = pcap(&usual, mix, MIX);
	save_all("mix.pcap", whole);
	save("truncated.pcap", whole->at, whole->n - 20);
	save("header.pcap", whole->at, 10);
	save("nothing.pcap", "", 0);
	save_text();
	p.magic = 0xa1b23c4d;
	save_all("nanosecond.pcap", pcap(&p, mix, MIX));
	p = usual;
	p.big = true;
	save_all("swapped.pcap", pcap(&p, mix, MIX));
	p = usual;
	p.snap = 100;
	save_all("snap.pcap", pcap(&p, mix, MIX));
	p = usual;
	p.link = 113;
	save_all("cooked.pcap", pcap(&p, mix, MIX));
	save_all("zero.pcap", pcap(&usual, mix, 0));
	save_all("mix.pcapng", pcapng(mix, MIX, false));
	save_all("swapped.pcapng", pcapng(mix, MIX, true));

	memcpy(more, mix, sizeof(mix));
	ethernet(&more[MIX], 0x0800);
	ip4(&more[MIX], 17, 8 + 8900);
	udp(&more[MIX], 8900);
	save_all("jumbo.pcap", pcap(&usual, more, MIX + 1));
	more[0] = runt;
	memcpy(more + 1, mix, sizeof(mix));
	more[MIX + 1] = runt;
	save_all("runts.pcap", pcap(&usual, more, MIX + 2));
	more[1] = runt;
	more[2] = runt;
	save_all("only_runts.pcap", pcap(&usual, more, 3));
	return 0;
}
