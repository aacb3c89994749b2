# SPDX-License-Identifier: GPL-2.0-only
# Table 2: TCP goes through every hook, and all of it
#: need_command iperf

expect("every hook has its row"; rows("table2"; "none", "xdp", "tc", "sk_skb")),
expect("bandwidth"; positive("table2"; "gbps", "gigabytes")),
expect("two repetitions of each"; least("table2"; "n"; 2)),
expect("no number is invalid"; fact("counts.*.exact"; true)),
(("xdp", "tc") as $hook | expect("packets at \($hook)"; fact("counts.\($hook).program_packets"))),
expect("bytes at SK_SKB"; fact("counts.sk_skb.program_bytes")),
# what the hooks have counted, once more
expect("packets at XDP and TC are the driver's, bytes at SK_SKB the server's";
	the_bench.facts.counts | select((.xdp.program_packets == .xdp.packets_in_driver and
		.tc.program_packets == .tc.packets_in_driver and
		.sk_skb.program_bytes == .sk_skb.bytes_read and .none.bytes_read > 0) | not) | tojson)
