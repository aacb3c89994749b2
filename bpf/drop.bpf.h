/* SPDX-License-Identifier: GPL-2.0-only */
/* What drop.bpf.c and its bench agree on */
#ifndef HOOKCOST_DROP_BPF_H
#define HOOKCOST_DROP_BPF_H

#define DROP(name) DROP_##name
enum drop_program {
#include "drop.def"
	DROP_PROGRAMS
};

#undef DROP

#endif /* HOOKCOST_DROP_BPF_H */
