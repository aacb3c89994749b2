/* SPDX-License-Identifier: GPL-2.0-only */
/* What isolation.bpf.c and its bench agree on */
#ifndef HOOKCOST_ISOLATION_BPF_H
#define HOOKCOST_ISOLATION_BPF_H

#define ISOLATION_PORT	11211		/* UDP: of the requests, memcached's */

#endif /* HOOKCOST_ISOLATION_BPF_H */
