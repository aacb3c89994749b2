#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Figure 14a: the n-th Fibonacci number per packet, native, hard-coded and eBPF

source "$(dirname "$0")/bench.sh"
need_patches
need_module hookcost_native

for over in $(devices); do
	run_bench figure14a --device "$over"
	expect "it is the device" device "$over"
	expect "every n of the paper" rows figure14a n_{0,10,20,40,80,160,320,640,1280,2560,5120}
	expect "packets per second" positive figure14a native_mpps ebpf_mpps hard_mpps
	expect "time per packet" positive figure14a native_ns ebpf_ns hard_ns
	expect "the path alone" rows path generator ebpf native hard
	expect "frames sent are frames received and dropped" never "frames sent"
	expect "each program ran with its n" never "did not run"
	expect "instructions of the eBPF twin" fact insns_ebpf
	expect "instructions of the native twin" fact insns_native
done
finish
