/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_SAME_SK_SKB_BPF_H
#define HOOKCOST_SAME_SK_SKB_BPF_H

/* Sockets that a program may redirect to: keys of its sockmaps from 0 on */
#define SAME_TARGETS 8

#endif /* HOOKCOST_SAME_SK_SKB_BPF_H */
