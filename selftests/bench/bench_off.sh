#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# off: every path has a rate, every packet comes to its end, and nothing is on meanwhile.
# Works on any kernel, and says which it is.

source "$(dirname "$0")/bench.sh"

patched=false
! has_patches || patched=true

for over in $(devices); do
	run_bench off --device "$over"
	paths=(veth_xdp veth_tc veth_sk_skb veth_udp veth_tcp_send)
	[[ $over == veth ]] || paths+=("${paths[@]/#veth/"$over"}")
	expect "it is the device" device "$over"
	expect "every path" rows off "${paths[@]}"
	expect "rates" positive off mpps ns median frames
	expect "frames sent are received, and come to their end" never "frames sent"
	expect "so say the counts" fact "counts.*.*.exact" true
	expect "which kernel it is" fact hookcost "$patched"
done
over=

# Somebody turns a hook on while it runs: those are no rates of a kernel whose hooks are off
not_off() {
	local pid

	rm -f "$work/out"
	"${interruptible[@]}" "$tool" run off --quick --batches 2000 --device veth --quiet --json "$json" >"$work/out" 2>"$work/err" &
	pid=$!
	# in the midst of it
	await grep -qs "^paper:" "$work/out" || { cat "$work/err"; return 1; }
	sleep 1
	echo xdp >"$hooks/enable"
	kill -INT "$pid"
	wait "$pid"
	echo none >"$hooks/enable"
	[[ $(jq -r '[.benches[].tables[].rows[] | select(.reason == "not all is off: hooks xdp") | .key] | length' "$json") == 5 ]] ||
		{ jq -c '.benches[].tables[].rows[] | [.key, .verdict, .reason]' "$json"; return 1; }
}

if has_patches && command -v jq >/dev/null; then
	test_that "a hook that is turned on meanwhile is seen" not_off
else
	ktap_test_skip "a hook that is turned on meanwhile: no patches, or no jq"
fi
finish
