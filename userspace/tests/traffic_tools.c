// SPDX-License-Identifier: GPL-2.0-only
/* What sockperf, iperf and the kernel's counters print is understood, or refused */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/util.h"
#include "net/snmp.h"
#include "traffic/iperf.h"
#include "traffic/sockperf.h"
#include "unit.h"

#define SAMPLES 1000

/* As sockperf 3.7 prints it, its colours too; percent: what it says is the 99th percentile */
static char *output(unsigned int observations, double p99)
{
	return xasprintf("sockperf: \033[2;35m== version #3.7-no.git == \033[0m\n"
			 "sockperf: [Total Run] RunTime=1.003 sec; Warm up time=400 msec; SentMessages=1961; ReceivedMessages=1960\n"
			 "sockperf: ========= Printing statistics for Server No: 0\n"
			 "sockperf: [Valid Duration] RunTime=0.536 sec; SentMessages=%u; ReceivedMessages=%u\n"
			 "sockperf: \033[2;35m====> avg-rtt=14.071 (std-dev=46.648)\033[0m\n"
			 "sockperf: # dropped messages = 1; # duplicated messages = 2; # out-of-order messages = 3\n"
			 "sockperf: \033[2;35mTotal %u observations\033[0m; each percentile contains 4.33 observations\n"
			 "sockperf: ---> percentile 99.900 = 1099.900\n"
			 "sockperf: ---> percentile 99.000 = %8.3f\n"
			 "sockperf: ---> percentile 90.000 = 1000.000\n"
			 "sockperf: ---> percentile 75.000 =  850.000\n"
			 "sockperf: ---> percentile 50.000 =  600.000\n"
			 "sockperf: ---> percentile 25.000 =  350.000\n"
			 "sockperf: ---> <MIN> observation =  100.000\n",
			 observations, observations, observations, p99);
}

/* Times of 100 to 1099 us, not in this order */
static char *full_log(unsigned int samples)
{
	static char text[SAMPLES * 64 + 256];
	size_t used;
	unsigned int i;

	used = snprintf(text, sizeof(text),
			"------------------------------\npacket, txTime(sec), rxTime(sec), rtt(usec)\n");
	for (i = 0; i < samples; i++)
		used += snprintf(text + used, sizeof(text) - used,
				 "%u, 2.412038897, 2.412053568, %u.000\n",
				 i, 100 + i * 7 % SAMPLES);
	snprintf(text + used, sizeof(text) - used, "------------------------------\n");
	return text;
}

static void sockperf_good(void)
{
	char *text = output(SAMPLES, 1090), why[128];
	struct sockperf s;

	CHECK_INT(sockperf_parse(text, full_log(SAMPLES), &s, why, sizeof(why)), 0);
	CHECK_INT(s.sent, 1961);
	CHECK_INT(s.received, 1960);
	CHECK_INT(s.dropped, 1);
	CHECK_INT(s.duplicated, 2);
	CHECK_INT(s.misordered, 3);
	CHECK_NEAR(s.seconds, 1.003, EPS);
	CHECK_INT(s.n, SAMPLES);
	CHECK_NEAR(s.rtt[0], 100, EPS);
	CHECK_NEAR(s.rtt[1], 107, EPS);
	sockperf_free(&s);
	free(text);
}

static void refused(const char *text, const char *log, const char *reason)
{
	struct sockperf s;
	char why[128];

	CHECK_INT(sockperf_parse(text, log, &s, why, sizeof(why)), -EBADMSG);
	CHECK_HAS(why, reason);
	CHECK(!s.rtt);
}

static void sockperf_bad(void)
{
	char *text = output(SAMPLES, 1090), *end;
	char *wrong = output(SAMPLES, 900);

	refused("", "", "how many messages it sent");
	refused("sockperf: No messages were received from the server. Is the server down?\n", "",
		"no answer came");
	refused(text, "", "has not as many messages");
	refused(text, full_log(SAMPLES - 1), "has not as many messages");
	refused(wrong, full_log(SAMPLES), "percentiles are not those");
	/* cut off somewhere: refused at any place, but for its last line, which is not needed */
	for (end = strstr(text, "---> percentile 25"); end > text; end--) {
		struct sockperf s;
		char why[128];

		*end = '\0';
		if (sockperf_parse(text, full_log(SAMPLES), &s, why, sizeof(why)) != -EBADMSG) {
			CHECK(false);
			break;
		}
	}
	free(wrong);
	free(text);
}

static void snmp(void)
{
	static const char text[] =
		"Ip: Forwarding DefaultTTL InReceives\nIp: 2 64 17\n"
		"Udp: InDatagrams NoPorts InErrors\nUdp: 11 22 33\n"
		"UdpLite: InDatagrams NoPorts\nUdpLite: 44 55\n";
	uint64_t value = 0;

	CHECK_INT(snmp_find(text, "Ip.InReceives", &value), 0);
	CHECK_INT(value, 17);
	CHECK_INT(snmp_find(text, "Udp.NoPorts", &value), 0);
	CHECK_INT(value, 22);
	CHECK_INT(snmp_find(text, "Udp.InErrors", &value), 0);
	CHECK_INT(value, 33);
	CHECK_INT(snmp_find(text, "UdpLite.InDatagrams", &value), 0);
	CHECK_INT(value, 44);
	CHECK_INT(snmp_find(text, "Udp.In", &value), -ENOENT);
	CHECK_INT(snmp_find(text, "UdpLite.InErrors", &value), -ENOENT);
	CHECK_INT(snmp_find(text, "Tcp.InSegs", &value), -ENOENT);
	CHECK_INT(snmp_find(text, "Udp", &value), -ENOENT);
	CHECK_INT(snmp_find("", "Udp.NoPorts", &value), -ENOENT);
	CHECK_INT(snmp_find("Udp: NoPorts", "Udp.NoPorts", &value), -ENOENT);
}

static void tx_dropped(void)
{
	static const char text[] =
		"Inter-|   Receive                         |  Transmit\n"
		" face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop\n"
		"    lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
		"  eth0:21 22 23 24 25 26 27 28 29 30 31 18446744073709551615 33 34 35 36\n"
		"  eth1:21 22";
	uint64_t value = 0;

	CHECK_INT(net_find_tx_dropped(text, "lo", &value), 0);
	CHECK_INT(value, 12);
	CHECK_INT(net_find_tx_dropped(text, "eth0", &value), 0);
	CHECK(value == UINT64_MAX);
	CHECK_INT(net_find_tx_dropped(text, "eth1", &value), -ENOENT);
	CHECK_INT(net_find_tx_dropped(text, "eth", &value), -ENOENT);
	CHECK_INT(net_find_tx_dropped("", "lo", &value), -ENOENT);
}

static void iperf(void)
{
	static const char text[] =
		"19700101000000,127.0.0.1,45754,127.0.0.1,5999,2,0.0-1.5,406061116,2161972401\n"
		"19700101000000,127.0.0.1,45748,127.0.0.1,5999,1,0.0-0.5,1000,16000\n"
		"tcp connect failed: Connection refused\n"
		/* a sum of the two, as older versions print it */
		"19700101000000,127.0.0.1,0,127.0.0.1,5999,-1,0.0-1.5,406062116,2161972401\n"
		/* not whole yet */
		"19700101000000,127.0.0.1,45740,127.0.0.1,5999,4,0.0-1.5,2946";
	struct iperf_sum s;

	iperf_parse(text, &s);
	CHECK_INT(s.connections, 2);
	CHECK_INT(s.bytes, 406062116);
	CHECK_NEAR(s.seconds, 8.0 * 406061116 / 2161972401, EPS);
	iperf_parse("", &s);
	CHECK_INT(s.connections, 0);
	CHECK_INT(s.bytes, 0);
	/* nothing carried: no rate to tell the time by */
	iperf_parse("19700101000000,1.2.3.4,1,1.2.3.4,2,3,0.0-1.5,0,0\n", &s);
	CHECK_INT(s.connections, 1);
	CHECK_NEAR(s.seconds, 1.5, EPS);
}

const struct unit traffic_tools_units[] = {
	{ "sockperf: what it prints", sockperf_good },
	{ "sockperf: what is missing, or does not agree", sockperf_bad },
	{ "iperf: what it prints", iperf },
	{ "snmp: counters by name", snmp },
	{ "snmp: what a netdev has not sent", tx_dropped },
	{ 0 }
};
