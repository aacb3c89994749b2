# SPDX-License-Identifier: GPL-2.0-only
# Figure 10: UDP messages that XDP truncates; each comes to the socket, as long as it should be
# and with the bytes that it should have
#: options=(--batches 2)

expect("every part that is cut off"; rows("figure10";
	"cut_" + ("0", "10", "20", "30", "40", "50", "60", "64.8", "80", "82.4", "90", "99.4"))),
expect("messages per second"; positive("figure10"; "rate", "ns")),
expect_model("figure10"),
expect("bytes are left of each"; least("figure10"; "bytes"; 8)),
expect("the shape"; time_fact("more_percent"))
