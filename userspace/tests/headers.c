// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "core/util.h"
#include "prog/frames.h"
#include "unit.h"

/* Hex digits; spaces are left out */
static size_t bytes_of(const char *hex, uint8_t *out)
{
	size_t n = 0;
	char two[3] = "";

	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		two[0] = *hex++;
		two[1] = *hex;
		out[n++] = strtoul(two, NULL, 16);
	}
	return n;
}

static const char *headers_of(const char *hex)
{
	static char text[128];
	uint8_t frame[256];
	size_t n = bytes_of(hex, frame);

	frame_headers(frame, n, text, sizeof(text));
	return text;
}

#define MACS	"020000000002 020000000001 "
#define IPV4	"4500 001c 0000 0000 40"
#define IPV6	"60000000 0008"
#define ADDRS	"0a000001 0a000002 "
#define ADDRS6	"fd000000000000000000000000000001 fd000000000000000000000000000002 "

static void of_frames(void)
{
	char text[64];
	uint8_t frame[64];

	CHECK_STR(headers_of(MACS "0800" IPV4 "11 0000" ADDRS "04d2 0050 0008 0000"),
		  "IPv4 UDP 10.0.0.1:1234 > 10.0.0.2:80");
	CHECK_STR(headers_of(MACS "86dd" IPV6 "0640" ADDRS6 "04d2 0050"),
		  "IPv6 TCP [fd00::1]:1234 > [fd00::2]:80");
	CHECK_STR(headers_of(MACS "8100 0005 0800" IPV4 "06 0000" ADDRS "04d2 0050"),
		  "VLAN IPv4 TCP 5 10.0.0.1:1234 > 10.0.0.2:80");
	CHECK_STR(headers_of(MACS "88a8 0007 8100 0005 0800" IPV4 "06 0000" ADDRS "04d2 0050"),
		  "VLAN IPv4 TCP 5 10.0.0.1:1234 > 10.0.0.2:80");
	CHECK_STR(headers_of(MACS "0800" IPV4 "01 0000" ADDRS "0800 0000"),
		  "IPv4 ICMP 10.0.0.1 > 10.0.0.2");
	CHECK_STR(headers_of(MACS "86dd" IPV6 "3aff" ADDRS6 "8700 0000"),
		  "IPv6 ICMPv6 fd00::1 > fd00::2");
	CHECK_STR(headers_of(MACS "0800" IPV4 "2f 0000" ADDRS),
		  "IPv4 protocol 47 10.0.0.1 > 10.0.0.2");
	CHECK_STR(headers_of(MACS "0806 0001"), "ARP");
	CHECK_STR(headers_of(MACS "88cc"), "type 0x88cc");
	CHECK_STR(headers_of(MACS "0000"), "type 0x0000");
	bytes_of(MACS "0800" IPV4 "11 0000" ADDRS "04d2 0050", frame);
	frame_protocol(frame, 38, text, sizeof(text));
	CHECK_STR(text, "IPv4 UDP");
}

/* Behind options; and a fragment that is not the first has no ports, whatever stands there */
static void options_and_fragments(void)
{
	CHECK_STR(headers_of(MACS "0800 46 00 0020 0000 0000 40 11 0000" ADDRS
			     "01010101 04d2 0050"),
		  "IPv4 UDP 10.0.0.1:1234 > 10.0.0.2:80");
	CHECK_STR(headers_of(MACS "0800 4500 001c 0000 0010 40 11 0000" ADDRS "04d2 0050"),
		  "IPv4 UDP fragment 10.0.0.1 > 10.0.0.2");
}

/* Of a frame that ends anywhere only what is there is said, and nothing behind it is read */
static void cut(void)
{
	uint8_t whole[256], *frame;
	size_t n = bytes_of(MACS "8100 0005 0800" IPV4 "06 0000" ADDRS "04d2 0050", whole), len;
	char text[128];

	for (len = 0; len < n; len++) {
		frame = xcalloc(len ?: 1, 1);
		memcpy(frame, whole, len);
		frame_headers(frame, len, text, sizeof(text));
		CHECK(*text && !strstr(text, ":80"));
		free(frame);
	}
	/* a header longer than the frame, or of another version */
	CHECK_STR(headers_of(MACS "0800 4f 00 001c 0000 0000 40 11 0000" ADDRS "04d2 0050"),
		  "type 0x0800");
	CHECK_STR(headers_of(MACS "0800 55 00 001c 0000 0000 40 11 0000" ADDRS "04d2 0050"),
		  "type 0x0800");
	CHECK_STR(headers_of(MACS "86dd 40000000 0008 0640" ADDRS6 "04d2 0050"), "type 0x86dd");
}

static size_t payload_of(const char *hex, size_t *at)
{
	static uint8_t frame[256];
	const uint8_t *payload = frame;
	size_t n = frame_payload(frame, bytes_of(hex, frame), &payload);

	*at = payload - frame;
	return n;
}

/* What a short frame is padded with is none of it */
static void payload(void)
{
	size_t at;

	CHECK_INT(payload_of(MACS "0800 4500 001f 0000 0000 40 11 0000" ADDRS
			     "04d2 0050 000b 0000 616263 000000", &at), 3);
	CHECK_INT(at, 42);
	CHECK_INT(payload_of(MACS "0800 4500 0100 0000 0000 40 11 0000" ADDRS
			     "04d2 0050 000b 0000 6162", &at), 2);
	CHECK_INT(payload_of(MACS "8100 0005 86dd 60000000 001c 0640" ADDRS6
			     "04d2 0050 00000001 00000001 6010 0400 0000 0000 01010101 6162 6364",
			     &at), 4);
	CHECK_INT(at, 82);
	/* a bare ACK, a header that ends too early, and no UDP or TCP */
	CHECK_INT(payload_of(MACS "0800 4500 0028 0000 0000 40 06 0000" ADDRS
			     "04d2 0050 00000001 00000001 5010 0400 0000 0000", &at), 0);
	CHECK_INT(payload_of(MACS "0800 4500 0028 0000 0000 40 06 0000" ADDRS "04d2 0050", &at), 0);
	CHECK_INT(payload_of(MACS "0806 0001 0800", &at), 0);
	CHECK_INT(payload_of(MACS "0800 4500 0020 0000 0000 40 01 0000" ADDRS "0800 0000 0000",
			     &at), 0);
}

const struct unit headers_units[] = {
	{ "headers: protocols, addresses, ports", of_frames },
	{ "headers: options and fragments", options_and_fragments },
	{ "headers: a frame that ends anywhere", cut },
	{ "headers: payload", payload },
	{ 0 }
};
