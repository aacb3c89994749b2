# SPDX-License-Identifier: GPL-2.0-only
# Sourced by device_nic.sh and device_traffic.sh: a NIC whose traffic comes from another
# machine is one end of a veth pair, whose other end is in another namespace, where what
# hookcost peer prints is run.
#
#	this namespace: nicA ----- veth ----- nicB :netns hc-other
#	hookcost run --device nicA            pktgen, sockperf
# shellcheck shell=bash

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

json="$work/result.json"
other=hc-other
kinds=(frames UDP TCP)

# A pair, and what the other machine runs: a script for each kind of traffic
setup() {
	local kind

	ip netns add $other && ip link add nicA type veth peer name nicB netns $other || return
	# without it veth bypasses the receiver's NAPI
	ip netns exec $other ethtool -K nicB tso off >/dev/null
	ip -n $other link set nicB up
	# its qdisc is there from the first time on
	ip link set nicA up && ip link set nicA down || return
	"$tool" peer table1 --device nicA --ifname nicB >"$work/peer" || return
	for kind in "${kinds[@]}"; do
		sed -n "1,/^\$/p; /^# $kind/,/^done/p" "$work/peer" >"$work/$kind.sh"
	done
}
cleanups+=("ip netns del $other 2>/dev/null; ip link del nicA 2>/dev/null; stop_sending")

sender=
# send KIND: from now on
send() {
	setsid ip netns exec $other sh "$work/$1.sh" >/dev/null 2>&1 &
	sender=$!
}

stop_sending() {
	[[ ! $sender ]] || kill -KILL -- "-$sender" 2>/dev/null
	sender=
}

# All of nicA that a run changes
state() {
	ip -o link show nicA | sed 's/^[0-9]*: //'
	ip -o addr show nicA | grep -w inet
	ethtool -k nicA | grep generic-receive-offload
	ethtool -l nicA 2>/dev/null
	tc qdisc show dev nicA
	# shellcheck disable=SC2009
	ps -e -o comm | grep -cx hookcost
}

# same_state COMMAND...: it is as it was before
same_state() {
	local before after tries

	before=$(state)
	"$@" || return
	for ((tries = 0; tries < 100; tries++)); do
		after=$(state)
		[[ $after != "$before" ]] || return 0
		sleep 0.1
	done
	diff <(echo "$before") <(echo "$after")
	return 1
}

# over STATUS BENCH ARG...: the bench over nicA
over() {
	local status=$1 bench=$2
	shift 2

	((status)) || ! hides_times || status=$KSFT_SKIP
	run "$status" "$tool" run "$bench" --quick --device nicA --json "$json" "$@"
}

check() { "$here/bench_check" "$json" "$@"; }

attached() { ip link show nicA | grep -q 'prog/xdp'; }

refused() {
	run 1 "$tool" run figure14a --quick --device "$2" || return
	[[ ! -s $work/out ]] || { echo "on stdout: $(head -n 1 "$work/out")"; return 1; }
	said "$1"
}
