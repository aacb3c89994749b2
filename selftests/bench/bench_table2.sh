#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Table 2: TCP goes through every hook, and all of it

source "$(dirname "$0")/bench.sh"
command -v iperf >/dev/null || skip_all "no iperf"

for over in $(devices); do
	run_bench table2 --device "$over"
	expect "it is the device" device "$over"
	expect "every hook has its row" rows table2 none xdp tc sk_skb
	expect "bandwidth" positive table2 gbps gigabytes
	expect "two repetitions of each" least table2 n 2
	expect "no number is invalid" fact 'counts.*.exact' true
	for hook in xdp tc; do
		expect "packets at $hook" fact "counts.$hook.program_packets"
	done
	expect "bytes at SK_SKB" fact counts.sk_skb.program_bytes
	# what the hooks have counted, once more
	result "packets at XDP and TC are the driver's, bytes at SK_SKB the server's" jq -e \
		'.benches[0].facts.counts |
		 .xdp.program_packets == .xdp.packets_in_driver and
		 .tc.program_packets == .tc.packets_in_driver and
		 .sk_skb.program_bytes == .sk_skb.bytes_read and .none.bytes_read > 0' "$json"
done
finish
