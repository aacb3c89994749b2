/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_BENCH_NATIVE_H
#define HOOKCOST_BENCH_NATIVE_H

#include <stdint.h>
#include "net/net.h"

/*
 * From now on a native program runs in place of the XDP program of the netdev under test,
 * the far end of that network, or "off". 0, or -errno with err() said.
 */
int native_run(const struct net *n, const char *prog, uint64_t arg);

#endif /* HOOKCOST_BENCH_NATIVE_H */
