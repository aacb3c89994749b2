/* SPDX-License-Identifier: GPL-2.0-only */
/* What maps.bpf.c and its bench agree on */
#ifndef HOOKCOST_MAPS_BPF_H
#define HOOKCOST_MAPS_BPF_H

#define MAPS_ENTRIES	1024	/* all present: every look-up finds its value */
#define MAPS_LOOKUPS	1024	/* per run of a program */

#endif /* HOOKCOST_MAPS_BPF_H */
