#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost prog --device NETDEV: a program at a NIC, here a veth pair's end, with what another machine sends

source "$(dirname "$0")/nic.sh"
need_root
need_tool
need_command jq

costs="$here/prog_costs.bpf.o"

# prog STATUS ARGUMENT...: of packets that come meanwhile
prog() {
	local status=$1
	shift

	run "$status" "$tool" prog --quiet --brief --batches 6 --json "$json" --device "$device" "$costs" "$@"
}

sending() {
	local rc

	send frames
	"$@"
	rc=$?
	stop_sending
	return $rc
}

# live JQ-FILTER: true of that table's rows
live() {
	jq -e "[.benches[0].tables[] | select(.key == \"live\").rows[]] | $1" "$json" >/dev/null ||
		{ echo "not $1"; jq -c '.benches[0].tables[] | select(.key == "live").rows[] | [.key, .validity, .reasons, .cells]' "$json"; return 1; }
}

passes() {
	prog 0 -p nothing &&
		live 'map(.key) == ["nothing", "nothing:XDP_PASS"] and all(.validity != "invalid" and .cells.packets >= 6 and .cells.share == 100)'
}

# As the driver counts it, too
drops() {
	local before after

	dropped() { ethtool -S nicA | awk '/rx.*xdp_drops/ { n += $2 } END { print n }'; }
	before=$(dropped)
	prog 0 -p nothing --const verdict=1 || return
	after=$(dropped)
	live 'map(.key) == ["nothing", "nothing:XDP_DROP"]' &&
		(($(jq '.benches[0].tables[] | select(.key == "live").rows[0].cells.packets' "$json") <= after - before))
}

# Three of seven
both() {
	prog 0 -p state --stateful &&
		live '(.[0].cells.packets) as $all | map({(.key): .cells}) | add |
			(.["state:XDP_DROP"].packets + .["state:XDP_PASS"].packets == $all) and
			(.["state:XDP_DROP"].share | . > 30 and . < 55)'
}

# The other machine's frames have another TTL than it lets through
at_tc() { prog 0 -p ttl && live 'map(.key) == ["ttl", "ttl:TC_ACT_SHOT"] and all(.validity != "invalid")'; }

loop() {
	sending prog 0 -p loop --const turns=4000 >&2 || return
	jq -r '.benches[0].tables[] | select(.key == "live").rows[0].cells.ns' "$json"
}

quiet() {
	prog 0 -p nothing --wait 1 &&
		live 'length == 1 and (.[0] | .validity == "not measured" and any(.reasons[]; .code == "no_traffic"))'
}

# While another run's program is there
in_use() {
	local rc

	"$tool" prog "$costs" -p loop --device "$device" --batches 100 >/dev/null 2>&1 &
	pid=$!
	await attached || { kill -KILL $pid; echo "no program was attached"; return 1; }
	run 1 "$tool" prog "$costs" -p nothing --device "$device" && said '^hookcost: '
	rc=$?
	kill -KILL $pid
	wait $pid
	return $rc
}

# ended SIGNAL
ended() {
	local rc

	"${interruptible[@]}" "$tool" prog "$costs" -p loop --device "$device" --batches 100 >/dev/null 2>&1 &
	pid=$!
	await attached || { kill -KILL $pid; echo "no program was attached"; return 1; }
	kill "-$1" $pid
	wait $pid
	rc=$?
	((rc)) && ! attached
}

ktap_print_header
setup || skip_all "no pair with an end in another namespace"
[[ -d /proc/net/pktgen ]] || modprobe -d "${HOOKCOST_KMODULES:-/}" pktgen 2>/dev/null || modprobe pktgen 2>/dev/null
[[ -d /proc/net/pktgen ]] || skip_all "no pktgen: CONFIG_NET_PKTGEN"
kinds=(frames)
test_that "what the other machine is to run" peer_scripts
# each packet is timed by itself: they need not be as many as can be
sed -i 's/"delay 0"/"delay 150000"/' "$work/frames.sh"
test_that "packets that pass" same_state sending passes
test_that "packets that are dropped" same_state sending drops
test_that "a program of two verdicts" same_state sending both
test_that "TC" same_state sending at_tc
test_that "a loop takes what its instructions take" as_long 4000 loop
test_that "nothing comes" same_state quiet
test_that "it has a program" same_state sending in_use
test_that "SIGINT" same_state sending ended INT
test_that "SIGKILL" same_state sending ended KILL
finish
