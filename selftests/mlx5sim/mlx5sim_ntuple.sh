#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mlx5sim: ethtool's rules for flows: what each of them catches, and what it does not

source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/sim.sh"
need_sim_ports
on_rules() { on 1 ethtool -n sim1 >/dev/null 2>&1; }

udp4=("ip=198.18.0.1,198.18.0.2" "udp=1000,2000")
udp6=("ip=2001:db8::1,2001:db8::2" "udp=1000,2000")
tcp4=("ip=198.18.0.1,198.18.0.2" "tcp=1000,2000")
tcp6=("ip=2001:db8::1,2001:db8::2" "tcp=1000,2000")

# rule ARGUMENT...: its number
rule() { on 1 ethtool -N sim1 "$@" | sed -n 's/Added rule with ID //p'; }
rules_left() { on 1 ethtool -n sim1 | sed -n 's/Total \([0-9]*\) rules/\1/p'; }

# fate KEY=VALUE...: 3 such frames arrive; how many a rule drops and how many a queue gets
fate() {
	local dropped taken

	dropped=$(count 1 rx_rule_drops)
	taken=$(queues_took)
	send_to 1 dst="$mac" len=90 n=3 "$@" || return
	echo "$(($(count 1 rx_rule_drops) - dropped)) dropped, $(($(queues_took) - taken)) taken"
}
queues_took() { awk '$1 == "rq" { n += $10 } END { print n + 0 }' "$sim/port1/queues"; }
drops() { same "$*" "$(fate "$@")" "3 dropped, 0 taken"; }
takes() { same "$*" "$(fate "$@")" "0 dropped, 3 taken"; }

# caught RULE -- FRAME -- OTHER-FRAME: dropped while the rule is there, not before and after,
# and frames that differ from it never
caught() {
	local spec=() frame=() other=() id

	while [[ $1 != -- ]]; do spec+=("$1"); shift; done
	shift
	while [[ $1 != -- ]]; do frame+=("$1"); shift; done
	shift
	other=("$@")

	takes "${frame[@]}" || return
	id=$(rule "${spec[@]}" action -1)
	[[ $id ]] || { echo "the rule is refused"; return 1; }
	drops "${frame[@]}" && takes "${other[@]}" || return
	on 1 ethtool -N sim1 delete "$id" || return
	takes "${frame[@]}" || return
	same "rules left" "$(rules_left)" 0
}

# Not the kernel's business: a rule that is dropped is not one that is missed
not_missed() {
	local missed id

	missed=$(stat_of 1 rx_steer_missed_packets)
	id=$(rule flow-type udp4 dst-port 2000 action -1)
	drops "${udp4[@]}" || return
	on 1 ethtool -N sim1 delete "$id"
	same "rx_steer_missed_packets" "$(stat_of 1 rx_steer_missed_packets)" "$missed"
}

# More fields come before fewer, whatever the order they were made in
more_exact_first() {
	local ids=()

	ids+=("$(rule flow-type udp4 dst-port 2000 action -1)")
	ids+=("$(rule flow-type udp4 src-ip 198.18.0.1 dst-port 2000 action 0)")
	takes "${udp4[@]}" && drops ip=198.18.0.9,198.18.0.2 udp=1000,2000
	local rc=$?
	on 1 ethtool -N sim1 delete "${ids[0]}"
	on 1 ethtool -N sim1 delete "${ids[1]}"
	return $rc
}

# They stay when the queues are others, and are gone with the driver
survive() {
	local id

	id=$(rule flow-type udp4 dst-port 2000 action -1)
	on 1 ethtool -G sim1 rx 512 && drops "${udp4[@]}" || return
	set_link 1 down && set_link 1 up && await both_linked && drops "${udp4[@]}" || return
	on 1 ethtool -G sim1 rx 1024
	devlink dev reload "pci/$(pci 1)" >/dev/null && take 1 && await both_linked || return
	same "rules left" "$(rules_left)" 0 && takes "${udp4[@]}"
}

# Each port has its own rule, and each is hit
many() {
	local i n=20

	objects >"$work/before"
	for ((i = 0; i < n; i++)); do
		[[ $(rule flow-type udp4 dst-port $((3000 + i)) action -1) ]] || return
	done
	for ((i = 0; i < n; i += n / 5)); do
		drops ip=198.18.0.1,198.18.0.2 udp=1,$((3000 + i)) || return
	done
	takes ip=198.18.0.1,198.18.0.2 udp=1,$((3000 + n)) || return
	for ((i = 0; i < n; i++)); do
		on 1 ethtool -N sim1 delete $((1023 - i)) || return
	done
	objects | diff "$work/before" -
}

# A queue of its own for a flow, where there are several
queue_choice() {
	local max q id before

	max=$(on 1 ethtool -l sim1 | awk '/Combined/ { print $2; exit }')
	((max > 1)) || { echo "there is one channel only"; return "$KSFT_SKIP"; }
	for ((q = 0; q < max; q++)); do
		id=$(rule flow-type udp4 dst-port 2000 action $q)
		before=$(stat_of 1 "rx${q}_packets")
		send_to 1 dst="$mac" len=90 n=20 "${udp4[@]}" || return
		arrived() { (($(stat_of 1 "rx${q}_packets") == before + 20)); }
		await arrived || return
		on 1 ethtool -N sim1 delete "$id"
	done
}

ktap_print_header
wire_up || { echo "Bail out! no wire"; exit 1; }
on_rules || skip_all "no rules for flows: the kernel lacks CONFIG_MLX5_EN_RXNFC"
mac=$(mac_of 1)
before=$(harm)
test_that "udp4: destination port" caught flow-type udp4 dst-port 2000 -- \
	"${udp4[@]}" -- ip=198.18.0.1,198.18.0.2 udp=1000,2001
test_that "udp4: source port, not TCP's" caught flow-type udp4 src-port 1000 -- "${udp4[@]}" -- "${tcp4[@]}"
test_that "udp4: source address" caught flow-type udp4 src-ip 198.18.0.1 -- \
	"${udp4[@]}" -- ip=198.18.0.3,198.18.0.2 udp=1000,2000
test_that "tcp4: destination address and port" caught flow-type tcp4 dst-ip 198.18.0.2 dst-port 2000 -- \
	"${tcp4[@]}" -- ip=198.18.0.1,198.18.0.3 tcp=1000,2000
test_that "tcp4: all four" caught flow-type tcp4 src-ip 198.18.0.1 dst-ip 198.18.0.2 src-port 1000 dst-port 2000 -- \
	"${tcp4[@]}" -- ip=198.18.0.1,198.18.0.2 tcp=1001,2000
test_that "ip4: a network" caught flow-type ip4 src-ip 198.18.0.0 m 0.0.0.255 -- \
	"${udp4[@]}" -- ip=198.19.0.1,198.18.0.2 udp=1000,2000
test_that "udp6: source address" caught flow-type udp6 src-ip 2001:db8::1 -- \
	"${udp6[@]}" -- ip=2001:db8::3,2001:db8::2 udp=1000,2000
test_that "tcp6: destination address and port" caught flow-type tcp6 dst-ip 2001:db8::2 dst-port 2000 -- \
	"${tcp6[@]}" -- "${udp6[@]}"
test_that "ip6: not IPv4" caught flow-type ip6 dst-ip 2001:db8::2 -- "${udp6[@]}" -- "${udp4[@]}"
test_that "ether: a type" caught flow-type ether dst "$mac" proto 0x88b5 -- type=0x88b5 -- type=0x88b6
test_that "ether: a source" caught flow-type ether src 02:00:00:00:00:77 dst "$mac" -- \
	src=02:00:00:00:00:77 -- src=02:00:00:00:00:78
test_that "a tag" caught flow-type udp4 dst-port 2000 vlan 0 m 0xf000 -- \
	vlan=0 "${udp4[@]}" -- "${udp4[@]}"
test_that "a drop is no miss" not_missed
test_that "the more exact rule comes first" more_exact_first
test_that "many rules" many
test_that "other rings, down and up, reload" survive
test_that "to a queue" queue_choice
test_that "no harm done" same "counters" "$(harm)" "$before"
finish
