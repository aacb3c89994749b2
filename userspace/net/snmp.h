/* SPDX-License-Identifier: GPL-2.0-only */
/* The counters of an end's protocols and netdev: /proc/net/snmp, netstat and dev */
#ifndef HOOKCOST_SNMP_H
#define HOOKCOST_SNMP_H

#include <stddef.h>
#include <stdint.h>
#include "net/net.h"

/* name: "Udp.InDatagrams"; a snapshot of `count` of them. 0, or -errno with err() said */
int snmp_read(const struct net *n, const struct net_end *e, const char *const *name,
	      uint64_t *value, size_t count);
/* One counter out of the text of the file; -ENOENT if it has none */
int snmp_find(const char *text, const char *name, uint64_t *value);

/* IPv4 packets that GRO has put into the ones before them; 0, or -errno with err() said */
int net_merged(const struct net *n, const struct net_end *e, uint64_t *merged);

/* Packets that the end's netdev did not take for sending; 0, or -errno with err() said */
int net_tx_dropped(const struct net *n, const struct net_end *e, uint64_t *dropped);
/* Out of the text of the file; -ENOENT if there is no such netdev */
int net_find_tx_dropped(const char *text, const char *netdev, uint64_t *dropped);

#endif /* HOOKCOST_SNMP_H */
