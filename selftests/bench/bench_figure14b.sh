#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Figure 14b: the sum of 64 bytes per packet, repeated, native, hard-coded and eBPF

source "$(dirname "$0")/bench.sh"

# On a stock kernel, its eBPF side
sides=(ebpf)
! has_patches || ! has_module hookcost_native || sides+=(native hard)

for over in $(devices); do
	run_bench figure14b --device "$over"
	expect "it is the device" device "$over"
	expect "every repetition of the paper" rows figure14b repeat_{0,1,2,3,4,5,6,7,8,10,16,20,28,32,64}
	expect "packets per second" positive figure14b "${sides[@]/%/_mpps}"
	expect "time per packet" positive figure14b "${sides[@]/%/_ns}"
	expect_model path
	[[ $over == veth ]] || expect "the model's own time by side" positive model "${sides[@]/%/_model}"
	expect "the path alone" rows path generator "${sides[@]}"
	expect "frames sent are frames received and dropped" never "frames sent"
	expect "each program ran with its number" never "did not run"
	expect "instructions of the eBPF twin" fact insns_ebpf
	if ((${#sides[@]} > 1)); then
		expect "instructions of the native twin" fact insns_native
	else
		expect "native and hard-coded rows name what they lack" some-none "hookcost"
	fi
done
finish
