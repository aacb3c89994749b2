// SPDX-License-Identifier: GPL-2.0-only
/* The counters of an end's protocols and netdev: /proc/net/snmp, netstat and dev */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/run.h"
#include "core/util.h"
#include "net/snmp.h"

#define SNMP_FILE "/proc/thread-self/net/snmp"
#define NETSTAT_FILE "/proc/thread-self/net/netstat"
#define DEV_FILE "/proc/thread-self/net/dev"

/* The next word of a line: its start and length; NULL at the end of the line */
static const char *word(const char *s, size_t *len)
{
	s += strspn(s, " ");
	*len = strcspn(s, "\n ");
	return *len ? s : NULL;
}

/* Two lines for each protocol: "Udp: NAME NAME ..." and "Udp: NUMBER NUMBER ..." */
static int find_in(const char *names, const char *values, const char *want, uint64_t *value)
{
	size_t name_len = 0, value_len = 0;
	const char *name = names, *v = values;

	for (;;) {
		name = word(name + name_len, &name_len);
		v = word(v + value_len, &value_len);
		if (!name || !v)
			return -ENOENT;
		if (strlen(want) == name_len && !strncmp(name, want, name_len)) {
			*value = strtoull(v, NULL, 10);
			return 0;
		}
	}
}

int snmp_find(const char *text, const char *name, uint64_t *value)
{
	size_t proto = strcspn(name, ".");

	while (*text) {
		const char *values = strchr(text, '\n');

		if (!values || !name[proto])
			break;
		values++;
		if (!strncmp(text, name, proto) && text[proto] == ':' &&
		    !strncmp(values, text, proto + 1))
			return find_in(text + proto + 1, values + proto + 1, name + proto + 1,
				       value);
		text = values;
	}
	return -ENOENT;
}

static int read_all(const char *path, const char *const *name, uint64_t *value, size_t count)
{
	char *text = slurp(path, NULL);
	size_t i;
	int ret = 0;

	if (!text) {
		ret = -errno;
		err("cannot read %s: %s", path, strerror(errno));
		return ret;
	}
	for (i = 0; i < count && !ret; i++) {
		ret = snmp_find(text, name[i], &value[i]);
		if (ret)
			err("%s has no %s", path, name[i]);
	}
	free(text);
	return ret;
}

int snmp_read(const struct net *n, const struct net_end *e, const char *const *name,
	      uint64_t *value, size_t count)
{
	int ret = net_enter(e) ?: read_all(SNMP_FILE, name, value, count);

	return net_leave(n) ?: ret;
}

/* IP counts what it gets from GRO once as it is, and once by its ECN bits as it came */
int net_merged(const struct net *n, const struct net_end *e, uint64_t *merged)
{
	static const char *const got[] = { "Ip.InReceives" };
	static const char *const came[] = {
		"IpExt.InNoECTPkts", "IpExt.InECT1Pkts", "IpExt.InECT0Pkts", "IpExt.InCEPkts",
	};
	uint64_t skbs = 0, packets[ARRAY_SIZE(came)];
	size_t i;
	int ret = net_enter(e) ?: read_all(SNMP_FILE, got, &skbs, 1) ?:
		  read_all(NETSTAT_FILE, came, packets, ARRAY_SIZE(came));

	*merged = -skbs;
	for (i = 0; i < ARRAY_SIZE(came) && !ret; i++)
		*merged += packets[i];
	return net_leave(n) ?: ret;
}

/* A line each: "  NAME: ", eight numbers of what came; bytes, packets, errors, drops sent */
int net_find_tx_dropped(const char *text, const char *netdev, uint64_t *dropped)
{
	size_t len = strlen(netdev);
	unsigned long long drops;

	for (; text; text = strchr(text, '\n')) {
		text += strspn(text, "\n ");
		if (strncmp(text, netdev, len) || text[len] != ':')
			continue;
		if (sscanf(text + len + 1, "%*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %llu",
			   &drops) == 1) {
			*dropped = drops;
			return 0;
		}
	}
	return -ENOENT;
}

static int read_tx_dropped(const char *netdev, uint64_t *dropped)
{
	char *text = slurp(DEV_FILE, NULL);
	int ret = text ? net_find_tx_dropped(text, netdev, dropped) : -errno;

	free(text);
	if (ret)
		err("cannot read %s from " DEV_FILE ": %s", netdev, strerror(-ret));
	return ret;
}

int net_tx_dropped(const struct net *n, const struct net_end *e, uint64_t *dropped)
{
	int ret = net_enter(e) ?: read_tx_dropped(e->name, dropped);

	return net_leave(n) ?: ret;
}
