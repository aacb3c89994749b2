/* SPDX-License-Identifier: GPL-2.0-only */
/* What generator.bpf.c and the benches agree on */
#ifndef HOOKCOST_GENERATOR_BPF_H
#define HOOKCOST_GENERATOR_BPF_H

/* Frames between two stamps; below NAPI's budget of 64, so that one poll takes them all */
#define GEN_BLOCK	60
#define GEN_STAMPS	16384
/* Flows drawn beforehand; a power of two */
#define GEN_RING	524288

#endif /* HOOKCOST_GENERATOR_BPF_H */
