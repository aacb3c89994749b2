/* SPDX-License-Identifier: GPL-2.0-only */
/* uprobe: the functions of victims.c, by their first instruction; of each, one is not probed */
#ifndef HOOKCOST_BENCH_UPROBE_VICTIMS_H
#define HOOKCOST_BENCH_UPROBE_VICTIMS_H

#include <stdint.h>

uint64_t victim_nop5(const char *a, int b, uint64_t c);
uint64_t twin_nop5(const char *a, int b, uint64_t c);
uint64_t victim_nop(const char *a, int b, uint64_t c);
uint64_t twin_nop(const char *a, int b, uint64_t c);
uint64_t victim_push(const char *a, int b, uint64_t c);
uint64_t twin_push(const char *a, int b, uint64_t c);
uint64_t victim_endbr64(const char *a, int b, uint64_t c);
uint64_t twin_endbr64(const char *a, int b, uint64_t c);
uint64_t victim_movslq(const char *a, int b, uint64_t c);
uint64_t twin_movslq(const char *a, int b, uint64_t c);
uint64_t victim_ret(const char *a, int b, uint64_t c);
uint64_t twin_ret(const char *a, int b, uint64_t c);

#endif /* HOOKCOST_BENCH_UPROBE_VICTIMS_H */
