#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Table 1: every hook is reached, and no packet is missing

source "$(dirname "$0")/bench.sh"
need_patches

# What stands beside eBPF at the hook here
sides=()
! has_module hookcost_native || sides+=(native)
! grep -q "^program hard_drop " "$hooks/native" || sides+=(hard)

for over in $(devices); do
	run_bench table1 --device "$over"
	expect "it is the device" device "$over"
	expect "every hook has its row" rows table1 xdp_frames xdp_udp xdp_tcp tcx_udp tcx_tcp \
		cls_bpf_udp cls_bpf_tcp sk_skb_udp sk_skb_tcp socket_udp socket_tcp
	expect "every hook has its phases" rows phases xdp_udp_{reach,entry,prog,prep,verdict,total,floor} \
		cls_bpf_tcp_{reach,entry,prog,prep,verdict,total,floor} \
		sk_skb_tcp_{reach,dequeue,prog,prep,verdict,total,floor} socket_udp_{reach,floor}
	expect "the clock's floor is there" positive table1 floor
	# a frame is at XDP at once, and plain reads of the clock overlap with what is so short
	expect "times to reach a hook" least table1 reach -50
	expect "samples as promised" least table1 samples 10000
	expect "with intervals" interval table1 reach
	expect "of all phases" interval phases median
	expect "packets sent are packets measured" fact 'counts.*.exact' true
	expect "its reader sleeps before each message" fact 'counts.*.sleeps'
	expect "and is woken up for it" never "the server has slept"
	expect "none without a stamp" fact 'counts.*.unstamped' 0
	((${#sides[@]} == 0)) || {
		expect "two roads to the hook's cost" rows roads "${sides[@]}"
		expect "of as many samples" least roads samples 20000
		expect "each with an interval" interval roads stamps
		expect "and of throughput" interval roads throughput
		expect "frames sent are frames dropped on both roads" never "frames sent"
	}
	expect "the paper's numbers line by line" rows lines xdp_{clock,context,program,verdict,sum,whole} \
		{tc,sk_skb}_{clock,context,program,verdict,sum,whole}
	# XDP's and TC's may be shorter than what the clock resolves
	for hook in xdp tc sk_skb; do
		parts=("$hook"_{clock,context,program,verdict})
		[[ $hook != xdp || ${sides[0]:-} != native ]] || parts+=(xdp_dispatch)
		expect "$hook: the lines add up" sum lines ns "${hook}_sum" "${parts[@]}"
	done
	expect "SK_SKB's are more than the clock's" ascending lines ns sk_skb_clock sk_skb_sum
	expect "SK_SKB's are more than XDP's" ascending lines ns xdp_sum sk_skb_sum
	expect "no line is of packets that are missing" never "packets sent are not samples"
	expect "the reads of the clock have their times" time-fact ordered_read_ns
	# a busy machine may let it take no two times that agree, and a note says so
	grep -q "ktime_get_ns(), cannot be timed here" "$work/out" ||
		expect "and the kernel's own" time-fact kernel_clock_ns
done
finish
