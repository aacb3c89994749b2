/* SPDX-License-Identifier: GPL-2.0-only */
/* What the echo programs, the echo server and the benches agree on */
#ifndef HOOKCOST_ECHO_BPF_H
#define HOOKCOST_ECHO_BPF_H

#define ECHO_PORT	11111
/*
 * sockperf takes an answer for one only if it has this bit cleared, of the 16-bit
 * word (in network byte order) at this offset of its message
 */
#define ECHO_FLAGS_AT	8
#define ECHO_REQUEST	0x0001
#define ECHO_FLAGS_END	(ECHO_FLAGS_AT + 2)

#endif /* HOOKCOST_ECHO_BPF_H */
