# SPDX-License-Identifier: GPL-2.0-only
# probe: every packet is seen by what is on and by nothing else, histograms and mean have
# their cost and size
#: options=(--batches 4)

expect("all off, and bpf_stats"; rows("probe"; "off", "stats")),
expect("times and rates"; positive("probe"; "ns", "mpps")),
expect_model("probe"),
expect("the size of a mean"; rows("memory"; "stats")),
if $patches then
	expect("the probe by both clocks"; rows("probe"; "plain", "ordered")),
	expect("more is on, more it takes"; ascending("probe"; "ns"; ["off", "plain", "ordered"])),
	expect("what it consists of"; rows("parts"; "read")),
	expect("sizes"; positive("memory"; "bytes")),
	expect("each phase has a histogram"; ascending("memory"; "bytes"; ["stats", "probe"])),
	expect("the cost of a mean"; time_fact("mean_ns")),
	expect("and of a histogram"; time_fact("per_histogram_ns")),
	(select($native) |
		expect("a histogram's update alone"; rows("parts"; "update")),
		expect("a probe of its own with one"; time_fact("interval_ns")),
		expect("a native program for another netdev"; rows("probe"; "elsewhere")),
		expect("what that costs an XDP program"; time_fact("elsewhere_ns")))
else
	expect("the probe's rows say what is missing"; some_none("hookcost"))
end
