/* SPDX-License-Identifier: GPL-2.0-only */
/* What pass.bpf.c and its bench agree on */
#ifndef HOOKCOST_PASS_BPF_H
#define HOOKCOST_PASS_BPF_H

#define PASS_SOCKETS	64

#endif /* HOOKCOST_PASS_BPF_H */
