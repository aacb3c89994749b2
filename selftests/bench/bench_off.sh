#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# off.jq, and nothing is on meanwhile

source "$(dirname "$0")/bench.sh"

table

# Somebody turns a hook on while it runs: those are no rates of a kernel whose hooks are off
not_off() {
	local pid

	rm -f "$work/out"
	"${interruptible[@]}" "$tool" run off --quick --batches 2000 --device veth --quiet --json "$json" >"$work/out" 2>"$work/err" &
	pid=$!
	# in the midst of it
	await has_header || { cat "$work/err"; return 1; }
	sleep 1
	echo xdp >"$hooks/enable"
	kill -INT "$pid"
	wait "$pid"
	echo none >"$hooks/enable"
	[[ $(jq -r '[.benches[].tables[].rows[] | select(.reason == "not all is off: hooks xdp") | .key] | length' "$json") == 5 ]] ||
		{ jq -c '.benches[].tables[].rows[] | [.key, .validity, .reason]' "$json"; return 1; }
}

if has_patches && command -v jq >/dev/null; then
	test_that "a hook that is turned on meanwhile is seen" not_off
else
	ktap_test_skip "a hook that is turned on meanwhile: no patches, or no jq"
fi
finish
