/* SPDX-License-Identifier: GPL-2.0-only */
/* What a look-up takes on this machine, for those who have maps of their own */
#ifndef HOOKCOST_BENCH_MAPS_H
#define HOOKCOST_BENCH_MAPS_H

#include <linux/bpf.h>
#include <stddef.h>

#define MAP_PRICES 3

struct map_price {
	enum bpf_map_type type;
	double ns, low, high;		/* of table 3's small maps; 95 % interval, NAN: none */
};

/* ARRAY, HASH, LRU_HASH, measured now: price[MAP_PRICES]; 0, -EINTR or -errno */
int map_prices(struct map_price *price, size_t batches);

#endif /* HOOKCOST_BENCH_MAPS_H */
