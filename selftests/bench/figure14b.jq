# SPDX-License-Identifier: GPL-2.0-only
# Figure 14b: the sum of 64 bytes per packet, repeated, native, hard-coded and eBPF

expect("every repetition of the paper"; rows("figure14b"; "repeat_" + ("0 1 2 3 4 5 6 7 8 10 16 20 28 32 64" | split(" ")[]))),
figure14("figure14b")
