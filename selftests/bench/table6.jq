# SPDX-License-Identifier: GPL-2.0-only
# Table 6: every way to copy is measured at every size
#: devices=("")
#: ! has_patches || need_module hookcost_kfunc
#: ! has_patches || need_module hookcost_native

expect("ways of an eBPF program"; rows("ladder"; "ebpf_" + ("bytes", "u64", "unaligned", "builtin", "load_bytes"))),
if $patches then
	expect("the kernel's own kfunc, inlined and called"; rows("ladder"; "kernel_memcpy", "kernel_memcpy_call")),
	expect("the kfuncs"; rows("ladder"; "kfunc_" + ("rep_movs", "memcpy"))),
	expect("native ways"; rows("ladder"; "native_" + ("bytes", "u64", "memcpy", "rep_movs"))),
	(("8", "16", "32", "64", "128", "256", "512", "1024", "2048", "4096") as $size |
		expect("times for \($size) bytes"; positive("ladder"; $size))),
	expect("headers"; rows("headers"; "ebpf_none", "ebpf_header", "ebpf_unaligned", "kernel_memcpy", "kfunc_memcpy", "native_memcpy")),
	expect("times of headers"; positive("headers"; "6", "14", "20", "40")),
	expect("1 KB as in the paper"; rows("1024"; "native_rep_movs", "ebpf_builtin", "kfunc_rep_movs", "kfunc_memcpy")),
	expect("1 KB: batches"; least("1024"; "n"; 5)),
	expect("the kfunc is compared with the module"; time_fact("kfunc_ratio")),
	expect("bpf_memcpy_by_size() is compared with the better of its two ways"; time_fact("memcpy_gap_ns"))
else
	expect("other rows name what they lack"; some_none("module hookcost_")),
	expect("times"; positive("ladder"; "8", "1024", "4096"))
end
