#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Figure 14b: the sum of 64 bytes per packet, repeated, native, hard-coded and eBPF

source "$(dirname "$0")/bench.sh"
need_patches
need_module hookcost_native

for over in $(devices); do
	run_bench figure14b --device "$over"
	expect "it is the device" device "$over"
	expect "every repetition of the paper" rows figure14b repeat_{0,1,2,3,4,5,6,7,8,10,16,20,28,32,64}
	expect "packets per second" positive figure14b native_mpps ebpf_mpps hard_mpps
	expect "time per packet" positive figure14b native_ns ebpf_ns hard_ns
	expect "the path alone" rows path generator ebpf native hard
	expect "frames sent are frames received and dropped" never "frames sent"
	expect "each program ran with its number" never "did not run"
	expect "instructions of the eBPF twin" fact insns_ebpf
	expect "instructions of the native twin" fact insns_native
done
finish
