# SPDX-License-Identifier: GPL-2.0-only
# Figure 12: a counter for each of 100000 flows by Zipf's law, whose exponent is found again in
# the counters
#: options=(--batches 2)

["baseline", "array", "hash", "lru_hash"] as $sides |
expect("every exponent"; rows("figure12"; "zipf_" + ("0", "0.5", "1", "1.5", "2"))),
expect("packets per second"; positive("figure12"; $sides[])),
expect_models("map"; $sides),
expect("flows at every exponent"; least("flows"; "seen"; 300)),
expect("the exponents are told"; fact("counts.*.*.exponent")),
expect("the shape"; time_fact("shape.*.lost_percent"))
