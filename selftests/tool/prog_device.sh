#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost prog --device: programs of others at their hooks, over veth and mlx5sim

source "$(dirname "$0")/lib.sh"
need_root
need_tool
need_command jq

json="$work/result.json"
costs="$here/prog_costs.bpf.o"
"$here/prog_captures" "$work" || exit 1

# over DEVICE STATUS ARGUMENT...: few batches, as it is counts that are looked at
over() {
	local device=$1 status=$2
	shift 2

	run "$status" "$tool" prog --quiet --brief --batches 2 --json "$json" --device "$device" "$@"
}

# rows JQ-FILTER: true of those of the table
rows() {
	jq -e "[.benches[0].tables[] | select(.key == \"over\").rows[]] | $1" "$json" >/dev/null ||
		{ echo "not $1"; jq -c '.benches[0].tables[] | select(.key == "over").rows[] | [.key, .validity, .reasons, .cells]' "$json"; return 1; }
}
whole='all(.validity != "invalid" and .cells.frames > 1000)'

passes() { over "$1" 0 "$costs" -p nothing --pcap "$work/mix.pcap" && rows "length == 6 and $whole"; }
drops() {
	over "$1" 0 "$costs" -p nothing --const verdict=1 --frame udp:64 --frame tcp:1400 &&
		rows "length == 2 and $whole and all(.key | test(\"XDP_DROP\"))"
}
# What moves the packet's ends, and sends it back
sends_back() { over "$1" 0 "$costs" -p resize --frame udp:200 && rows "length == 1 and $whole"; }
tc() { over "$1" 0 "$costs" -p ttl --frame udp:64 --frame tcp6:200 && rows "length == 2 and $whole"; }
two() { over "$1" 0 "$costs" -p nothing -p loop && rows "length == 2 and $whole"; }

# What the program's row says, with the driver's whole way taken off
at_hook() {
	run 0 "$tool" prog --quiet --brief --batches 12 --json "$json" --device "$1" "$costs" -p loop --const turns=2000 >&2 &&
		rows "length == 1 and $whole" >&2 || return
	jq -r '.benches[0].tables[] | select(.key == "over").rows[0].cells.ns' "$json"
}

# It drops three of seven: the driver says so
other_verdicts() {
	over "$1" 0 "$costs" -p state --frame udp:64 --stateful &&
		rows 'length == 1 and (.[0] | .validity == "invalid" and any(.reasons[]; .code == "driver"))'
}

not_measured() {
	over veth 0 "$costs" -p nothing --const verdict=4 --frame udp:64 || return
	rows 'length == 1 and (.[0] | .validity == "not measured" and any(.reasons[]; .code == "not_sent"))'
}

refused() {
	run 1 "$tool" prog "$costs" -p nothing --device "$1" && said "$2"
}
unknown() { refused nosuch0 '^hookcost: --device nosuch0: '; }

# Killed in the middle: programs, netdevs and namespaces have gone with it
killed() {
	local before pid

	state() { netdevs; ip -o netns list; has_patches && cat "$hooks/enable" "$hooks/native"; }
	before=$(state)
	"$tool" prog "$costs" -p loop --device "$1" --batches 1000 >"$work/out" 2>"$work/err" &
	pid=$!
	sleep 3
	kill -KILL $pid
	wait $pid
	as_before() { [[ $(state) == "$before" ]]; }
	await as_before || { diff <(echo "$before") <(state); return 1; }
}

ktap_print_header
devices=(veth)
! [[ $(netdev_of 1) ]] || devices+=(mlx5)
for device in "${devices[@]}"; do
	# a NIC that takes VLAN tags off has another verdict there
	[[ $device == mlx5 ]] || test_that "$device: packets that pass" passes "$device"
	test_that "$device: packets that are dropped" drops "$device"
	test_that "$device: packets that are sent back" sends_back "$device"
	test_that "$device: TC" tc "$device"
	test_that "$device: two programs" two "$device"
	test_that "$device: a loop takes what its instructions take" as_long 2000 at_hook "$device"
	test_that "$device: other verdicts than expected" other_verdicts "$device"
done
test_that "redirects" not_measured
test_that "a device that there is not" unknown
test_that "killed, it leaves nothing" killed veth
finish
