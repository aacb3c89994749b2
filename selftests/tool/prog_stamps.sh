#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost prog --device: the hook's own time stamps as the second method

source "$(dirname "$0")/lib.sh"
need_root
need_tool
need_patches
need_command jq

json="$work/result.json"
costs="$here/prog_costs.bpf.o"

over() {
	local device=$1 batches=$2
	shift 2

	run 0 "$tool" prog --quiet --brief --batches "$batches" --json "$json" --device "$device" "$costs" "$@"
}

# rows JQ-FILTER: true of those of the table
rows() {
	jq -e "[.benches[0].tables[] | select(.key == \"over\").rows[]] | $1" "$json" >/dev/null ||
		{ echo "not $1"; jq -c '.benches[0].tables[] | select(.key == "over").rows[] | [.key, .validity, .reasons, .notes, .cells]' "$json"; return 1; }
}

# Of two series there are at least 6000 frames each; a sample of each that was sent, or it is invalid
stamped='all(.validity != "invalid" and .cells.samples >= 12000 and (.raw.stamps.values | length == 2))'

# at HOOK: what the program was attached by
at() {
	jq -e --arg hook "$1" '.benches[0].facts.over_hook == $hook' "$json" >/dev/null || { jq '.benches[0].facts' "$json"; return 1; }
}

passes() { over "$1" 2 -p nothing --frame udp:64 && rows "length == 1 and $stamped"; }
drops() {
	over "$1" 2 -p nothing --const verdict=1 --frame udp:64 --frame tcp:1400 && rows "length == 2 and $stamped"
}
sends_back() { over "$1" 2 -p resize --frame udp:200 && rows "length == 1 and $stamped"; }
tc() {
	over "$1" 2 -p ttl --frame tcp6:200 && rows "length == 1 and $stamped" && at cls_bpf
}
tcx() {
	over "$1" 2 -p ttl --hook tcx --frame udp:64 && rows "length == 1 and $stamped" && at tcx
}

# What the stamps say of the program, with those of an empty one taken off
by_stamps() {
	over "$1" 12 -p loop --const turns=2000 >&2 && rows "length == 1 and all(.validity != \"invalid\")" >&2 || return
	jq -r '.benches[0].tables[] | select(.key == "over").rows[0].cells.stamps' "$json"
}

state() { cat "$hooks/enable" "$hooks/device" "$hooks/native"; head -n 3 "$hooks/clock"; }

as_before() { [[ $(state) == "$before" ]] || { diff <(echo "$before") <(state); return 1; }; }

# As on a kernel that has none: the other method is there, and why this one is not
unpatched() {
	HOOKCOST_DEBUGFS="$work/none" over veth 2 -p nothing --frame udp:64 || return
	rows 'length == 1 and all(.validity != "invalid" and .cells.frames > 1000 and (.cells | has("stamps") | not))' &&
		jq -e '.benches[0].tables[] | select(.key == "over").columns | all(.key != "stamps")' "$json" >/dev/null
}

before=$(state)
ktap_print_header
devices=(veth)
! [[ $(netdev_of 1) ]] || devices+=(mlx5)
for device in "${devices[@]}"; do
	test_that "$device: packets that pass" passes "$device"
	test_that "$device: packets that are dropped" drops "$device"
	test_that "$device: packets that are sent back" sends_back "$device"
	test_that "$device: cls_bpf" tc "$device"
	test_that "$device: tcx" tcx "$device"
	test_that "$device: a loop takes what its instructions take" as_long 2000 by_stamps "$device"
done
test_that "hooks, device and clock are as before" as_before
test_that "without patches there is no such column" unpatched
finish
