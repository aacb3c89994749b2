# SPDX-License-Identifier: GPL-2.0-only
# Figure 11: a counter for each of 100 to 100000 flows; no frame is missing from a map, and
# all flows are alike
#: options=(--batches 2)

["baseline", "array", "hash", "lru_hash"] as $sides |
expect("every number of flows"; rows("figure11"; "flows_" + ("100", "5000", "10000", "50000", "100000"))),
expect("packets per second"; positive("figure11"; $sides[])),
expect("time per packet"; positive("cost"; "baseline")),
expect_models("map"; $sides),
expect("the exponents are told"; fact("counts.*.*.exponent")),
expect("every frame of a map's has an entry"; fact("counts.*.*.frames_without_entry"; 0)),
expect("the shape"; time_fact("shape.*.lost_percent"))
