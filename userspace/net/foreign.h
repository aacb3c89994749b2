/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs of others on the way of the packets that are measured. They are looked for while a
 * bench runs, and a row that was measured beside one is invalid: its time contains theirs, and
 * they may have kept packets from the program that was to be measured.
 */
#ifndef HOOKCOST_FOREIGN_H
#define HOOKCOST_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

struct net;

/* From now on nothing was seen; at the begin of a bench */
void foreign_begin(void);
/* The network that packets take, by net_setup(); NULL: none any more */
void foreign_net(const struct net *n);
/* Sockets take part, made by this process: its cgroup's programs run for them */
void foreign_sockets(void);
/* Those of another cgroup as well, an open folder, or -1: no more */
void foreign_cgroup(int dir);

/* Looks, if the last time was 100 ms ago; at the begin and end of what stands for a row, always */
void foreign_look(void);
void foreign_look_now(void);
/* Whether one was seen since foreign_begin(): where, and which */
bool foreign_seen(char *text, size_t len);

#endif /* HOOKCOST_FOREIGN_H */
