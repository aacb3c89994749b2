/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Zipf's law: of n flows, the i-th (from 1) gets a share in proportion to
 * 1 / i^s; with s = 0 all get the same. Drawing from it, and whether counts
 * follow it: count[i - 1] is what the i-th has got.
 */
#ifndef HOOKCOST_ZIPF_H
#define HOOKCOST_ZIPF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fills draw[] with numbers of flows, from 0; the same ones each time */
void zipf_draw(uint32_t *draw, size_t draws, uint32_t n, double s);

/* The exponent under which the counts are likeliest; NAN: fewer than two flows, or none counted */
double zipf_fit(const uint64_t *count, uint32_t n);

/*
 * How far the counts are from the law, in standard deviations of chi-square:
 * 0 +- 1 if they were drawn from it. repeat: how many times more the counts vary
 * than those of as many draws would, see zipf_repeat().
 */
double zipf_deviation(const uint64_t *count, uint32_t n, double s, double repeat);

/* For so many frames that go through a ring of draws again and again; ring 0: none does */
double zipf_repeat(uint64_t frames, uint64_t ring);

/* How many flows so many draws are expected to meet, and the standard deviation */
double zipf_distinct(uint32_t n, double s, uint64_t draws, double *deviation);

/* Have draws met that many of n flows? False once in 10^9 by chance, also where few are missed. */
bool zipf_distinct_likely(uint32_t seen, uint32_t n, double expected, double deviation);

#endif /* HOOKCOST_ZIPF_H */
