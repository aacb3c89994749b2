/* SPDX-License-Identifier: GPL-2.0-only */
/* What flows.bpf.c and its bench agree on */
#ifndef HOOKCOST_FLOWS_BPF_H
#define HOOKCOST_FLOWS_BPF_H

#define FLOWS_MAX	100000
/* Twice as many: an LRU map that fills up has to give entries away */
#define FLOWS_ENTRIES	(2 * FLOWS_MAX)

#endif /* HOOKCOST_FLOWS_BPF_H */
