# SPDX-License-Identifier: GPL-2.0-only
# Figure 14a: the n-th Fibonacci number per packet, native, hard-coded and eBPF

expect("every n of the paper"; rows("figure14a"; "n_" + ("0 10 20 40 80 160 320 640 1280 2560 5120" | split(" ")[]))),
figure14("figure14a")
