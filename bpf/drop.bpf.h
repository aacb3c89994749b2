/* SPDX-License-Identifier: GPL-2.0-only */
/* What drop.bpf.c and its bench agree on */
#ifndef HOOKCOST_DROP_BPF_H
#define HOOKCOST_DROP_BPF_H

/* Programs that drop, and what each has dropped */
enum drop_program {
	DROP_XDP,
	DROP_GENERIC,
	DROP_TC,
	DROP_SK_SKB,
	DROP_SOCKET,
	DROP_PROGRAMS
};

#endif /* HOOKCOST_DROP_BPF_H */
