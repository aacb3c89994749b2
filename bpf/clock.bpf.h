/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_CLOCK_BPF_H
#define HOOKCOST_CLOCK_BPF_H

#define CLOCK_READS	1024

#endif /* HOOKCOST_CLOCK_BPF_H */
