/* SPDX-License-Identifier: GPL-2.0-only */
/* What the other machine runs, when traffic comes from there: commands to copy */
#ifndef HOOKCOST_PEER_H
#define HOOKCOST_PEER_H

#include <stdio.h>
#include "driver/driver.h"

/* A datagram that nobody waits for: discard */
#define PEER_FRAME_PORT	9

enum peer_kind {
	PEER_FRAMES,
	PEER_UDP,
	PEER_TCP,
	PEER_KINDS
};

/* "frames", "UDP messages" */
const char *peer_name(enum peer_kind kind);
/* In one line, "IFNAME" being the other machine's netdev */
void peer_command(const struct device *d, enum peer_kind kind, char *text, size_t len);
/*
 * A shell script for the other machine, whose netdev is ifname: kinds is a set of bits.
 * 0, or -errno with err() said.
 */
int peer_print(FILE *out, const struct device *d, const char *ifname, unsigned int kinds);

#endif /* HOOKCOST_PEER_H */
