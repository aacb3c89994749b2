/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_SESSION_H
#define HOOKCOST_SESSION_H

/*
 * One run at a time: hooks, native program and device are the machine's only ones.
 * What an earlier run has left on, because it was killed, is turned off and named. If a
 * netdev of this namespace has an XDP program, no native one is chosen.
 * 0, or -errno with err() said. Ends with the process.
 */
int session_begin(void);

#endif /* HOOKCOST_SESSION_H */
