# SPDX-License-Identifier: GPL-2.0-only
# off: every path has a rate, every packet comes to its end. Works on any kernel, and says which
# it is.

expect("every path"; rows("off"; ("veth", (select($over != "veth") | $over)) + "_" +
	("xdp", "tc", "sk_skb", "udp", "tcp_send"))),
expect("rates"; positive("off"; "mpps", "ns", "median", "frames")),
expect("so say the counts"; fact("counts.*.*.exact"; true)),
expect("which kernel it is"; fact("hookcost"; $patches))
