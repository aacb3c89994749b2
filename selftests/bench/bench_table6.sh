#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Table 6: every way to copy is measured at every size

source "$(dirname "$0")/bench.sh"
if has_patches; then
	need_module hookcost_kfunc
	need_module hookcost_native
fi

run_bench table6
expect "ways of an eBPF program" rows ladder ebpf_{bytes,u64,unaligned,builtin,load_bytes}
if ! has_patches; then
	expect "other rows name what they lack" some-none "module hookcost_"
	expect "times" positive ladder {8,1024,4096}
	finish
fi
expect "the kfuncs" rows ladder kfunc_{rep_movs,memcpy}
expect "native ways" rows ladder native_{bytes,u64,memcpy,rep_movs}
for size in 8 16 32 64 128 256 512 1024 2048 4096; do
	expect "times for $size bytes" positive ladder "$size"
done
expect "1 KB as in the paper" rows 1024 native_rep_movs ebpf_builtin kfunc_rep_movs kfunc_memcpy
expect "1 KB: batches" least 1024 n 5
expect "the kfunc is compared with the module" time-fact kfunc_ratio
expect "bpf_memcpy() is compared with the better of its two ways" time-fact memcpy_gap_ns
finish
