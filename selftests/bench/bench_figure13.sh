#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Figure 13: channels between the kernel and user space; every packet was read, or counted
# as one that found no room, and those that were read are as they were sent

source "$(dirname "$0")/bench.sh"

channels=(array ringbuf mmap xsk user_ringbuf)
# Kernels before 6.9 have none; where the kernel refuses it, the row says so
arena() {
	"$here/bench_check" "$json" figure13 rows figure13 arena >/dev/null ||
		"$here/bench_check" "$json" figure13 some-none "the kernel refuses an arena"
}

for over in $(devices); do
	run_bench figure13 --device "$over"
	expect "it is the device" device "$over"
	expect "every channel" rows figure13 none none_xsk "${channels[@]}"
	result "an arena, or why not" arena
	expect "packets per second, time per packet" positive figure13 mpps ns
	expect_model figure13
	expect "packets were counted" least counts sent 1000
	for row in none "${channels[@]}"; do
		expect "$row: sent, in driver and program, read, no room: conserved" fact "counts.$row.exact" true
		expect "$row: in order and as they were sent" fact "counts.$row.intact" true
	done
	expect "no packet is where it must not be" never "packets sent"
	expect "no packet is altered" never "altered"
	result "what of it is UML" guest_shares figure13 array
	# two system calls for each packet, or none
	for row in ringbuf mmap; do
		expect "$row costs less than ARRAY" ascending figure13 ns "$row" array
	done
done
finish
