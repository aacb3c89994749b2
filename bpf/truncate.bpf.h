/* SPDX-License-Identifier: GPL-2.0-only */
/* What truncate.bpf.c and its bench agree on */
#ifndef HOOKCOST_TRUNCATE_BPF_H
#define HOOKCOST_TRUNCATE_BPF_H

#define TRUNCATE_BYTES	1458		/* the paper's messages; frames of 1500 bytes */

#endif /* HOOKCOST_TRUNCATE_BPF_H */
