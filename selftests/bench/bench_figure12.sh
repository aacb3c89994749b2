#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Figure 12: a counter for each of 100000 flows by Zipf's law, whose exponent is found again in
# the counters

source "$(dirname "$0")/bench.sh"

for over in $(devices); do
	run_bench figure12 --batches 2 --device "$over"
	expect "it is the device" device "$over"
	expect "every exponent" rows figure12 zipf_{0,0.5,1,1.5,2}
	expect "packets per second" positive figure12 baseline array hash lru_hash
	[[ $over == veth ]] || expect "the model's own time by map" positive model {baseline,array,hash,lru_hash}_model
	expect "frames sent are frames received, dropped and counted" never "frames sent"
	expect "no flow was without its entry" never "had no entry"
	expect "as many flows as there should be" never "flows seen"
	expect "the exponents are found again within 2 %" never "have exponent"
	expect "flows are spread as they should be" never "standard deviations"
	expect "flows at every exponent" least flows seen 300
	expect "the exponents are told" fact 'counts.*.*.exponent'
	expect "the shape" time-fact 'shape.*.lost_percent'
done
finish
