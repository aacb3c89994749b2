// SPDX-License-Identifier: GPL-2.0-only
/* What the other machine runs, when traffic comes from there: commands to copy */
#include <arpa/inet.h>
#include <stdio.h>

#include "driver/nic.h"
#include "driver/peer.h"
#include "traffic/traffic.h"

/* Messages a second: each is taken before the next comes, on any machine */
#define PEER_RATE	20000
#define PEER_SECONDS	3600

const char *peer_name(enum peer_kind kind)
{
	static const char *const name[PEER_KINDS] = {
		[PEER_FRAMES] = "frames",
		[PEER_UDP] = "UDP messages",
		[PEER_TCP] = "TCP messages",
	};

	return name[kind];
}

/* Ours, as the other machine has to know it */
struct target {
	char mac[18], addr[INET_ADDRSTRLEN];
	bool given;			/* our address is ours for the run only */
};

static int find_target(const struct device *d, struct target *t)
{
	struct nic nic;
	int ret = nic_read(d->rx, &nic);

	if (ret)
		return ret;
	snprintf(t->mac, sizeof(t->mac), "%02x:%02x:%02x:%02x:%02x:%02x", nic.mac[0],
		 nic.mac[1], nic.mac[2], nic.mac[3], nic.mac[4], nic.mac[5]);
	inet_ntop(AF_INET, &nic.addr, t->addr, sizeof(t->addr));
	t->given = !nic.has_addr;
	return 0;
}

static void messages_command(const struct target *t, enum peer_kind kind, char *text, size_t len)
{
	snprintf(text, len, "sockperf throughput -i %s -p %d%s -m %d --mps %d -t %d", t->addr,
		 TRAFFIC_PORT, kind == PEER_TCP ? " --tcp" : "", TRAFFIC_BYTES, PEER_RATE,
		 PEER_SECONDS);
}

void peer_command(const struct device *d, enum peer_kind kind, char *text, size_t len)
{
	struct target t;

	if (find_target(d, &t))
		snprintf(text, len, "hookcost peer --device %s tells what", d->rx);
	else if (kind == PEER_FRAMES)
		snprintf(text, len,
			 "samples/pktgen/pktgen_sample03_burst_single_flow.sh -i IFNAME -m %s -d %s -s %d -n 0 (or without the kernel's samples: hookcost peer)",
			 t.mac, t.addr, TRAFFIC_BYTES);
	else
		messages_command(&t, kind, text, len);
}

static void print_frames(FILE *out, const struct target *t)
{
	fprintf(out,
		"# frames: %d bytes (%d with FCS), one flow, until Ctrl-C; flow control off at both ends\n"
		"# lets the receiver be the limit: ethtool -A \"$IF\" rx off tx off\n"
		"modprobe pktgen\n"
		"pg() { echo \"$2\" >/proc/net/pktgen/\"$1\"; }\n"
		"pg kpktgend_0 rem_device_all\n"
		"pg kpktgend_0 \"add_device $IF\"\n"
		"pg \"$IF\" \"count 0\"\n"
		"pg \"$IF\" \"delay 0\"\n"
		"pg \"$IF\" \"pkt_size %d\"\n"
		"pg \"$IF\" \"dst_mac %s\"\n"
		"pg \"$IF\" \"dst %s\"\n"
		"pg \"$IF\" \"udp_src_min %d\"; pg \"$IF\" \"udp_src_max %d\"\n"
		"pg \"$IF\" \"udp_dst_min %d\"; pg \"$IF\" \"udp_dst_max %d\"\n"
		"# a virtual netdev refuses these two, and does without\n"
		"pg \"$IF\" \"clone_skb 1000\" 2>/dev/null\n"
		"pg \"$IF\" \"burst 32\" 2>/dev/null\n"
		"# it ends with the link, which the receiver may take down for a moment\n"
		"while :; do\n"
		"	pg pgctrl start\n"
		"	sleep 0.1\n"
		"done\n",
		TRAFFIC_BYTES, TRAFFIC_BYTES + 4, TRAFFIC_BYTES, t->mac, t->addr, PEER_FRAME_PORT,
		PEER_FRAME_PORT, PEER_FRAME_PORT, PEER_FRAME_PORT);
}

static void print_messages(FILE *out, const struct target *t, enum peer_kind kind)
{
	char command[256];

	messages_command(t, kind, command, sizeof(command));
	fprintf(out,
		"# %s: %d bytes, %d a second, until Ctrl-C; each row opens its socket anew\n"
		"# (or by iperf 2: iperf -c %s -p %d%s -l %d -t %d)\n"
		"while :; do\n"
		"	%s >/dev/null 2>&1\n"
		"	sleep 0.1\n"
		"done\n",
		peer_name(kind), TRAFFIC_BYTES, PEER_RATE, t->addr, TRAFFIC_PORT,
		kind == PEER_TCP ? " -N" : " -u -b 10m", TRAFFIC_BYTES, PEER_SECONDS, command);
}

/* As a word of the shell's: a netdev's name may have all but blanks and slashes */
static void print_quoted(FILE *out, const char *text)
{
	fputc('\'', out);
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fputc(*text, out);
	}
	fputc('\'', out);
}

int peer_print(FILE *out, const struct device *d, const char *ifname, unsigned int kinds)
{
	enum peer_kind kind;
	struct target t;
	int ret = find_target(d, &t);

	if (ret)
		return ret;
	fprintf(out,
		"# On the machine that sends, as root; %s there is what is connected with %s here\n"
		"IF=", ifname, d->rx);
	print_quoted(out, ifname);
	fputs("\nip link set \"$IF\" up\n", out);
	if (t.given)
		fprintf(out, "ip addr replace %s/%d dev \"$IF\"\n", NIC_PEER_ADDR, NIC_PREFIX);
	fprintf(out, "ip neigh replace %s lladdr %s dev \"$IF\" nud permanent\n", t.addr, t.mac);
	for (kind = 0; kind < PEER_KINDS; kind++) {
		if (!(kinds & 1U << kind))
			continue;
		fputc('\n', out);
		if (kind == PEER_FRAMES)
			print_frames(out, &t);
		else
			print_messages(out, &t, kind);
	}
	return 0;
}
