# SPDX-License-Identifier: GPL-2.0-only
# Figure 3: echo servers at each place, what they send back, and none is lost
#: need_command sockperf

expect("every place has its row"; rows("figure3"; "socket", "sk_skb", "tc", "xdp")),
expect("times"; positive("figure3"; "p1", "p25", "p50", "p75", "p99", "samples")),
expect("what of it is UML"; guest_shares("figure3"; "socket", "sk_skb", "tc", "xdp")),
expect("the middle half is as wide as it may be"; least("figure3"; "iqr"; 0)),
# 29 lengths, with and without a checksum, twice
expect("every length came back from each"; fact("counts.*.verified"; 116)),
expect("requests are echoes and answers"; fact("counts.*.exact"; true))
