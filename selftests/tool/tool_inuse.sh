#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A netdev that somebody uses is refused, and the use is named; what is not used is lent, and
# given back exactly as it was. nicA has a namespace of its own; mlx5's netdevs, where there are
# any, have to be in this one.
#
#	netns $ns: nicA ----- nicB

source "$(dirname "$0")/lib.sh"
need_root
need_tool

json="$work/result.json"
ns=hc-inuse-$$
second=hc-inuse2-$$

inside() { ip netns exec "$ns" "$@"; }

# What is known of a netdev: uses_of() prints "REGEX|COMMAND|COMMAND that undoes it", for ip and tc
uses_of() {
	local dev=$1

	cat <<-EOF
		far.*go over it|ip -4 route add default dev $dev|ip -4 route del default dev $dev
		far.*go over it|ip -4 route add 128.0.0.0/1 dev $dev|ip -4 route del 128.0.0.0/1 dev $dev
		far.*go over it|ip -4 route add default nexthop dev hc-far nexthop dev $dev|ip -4 route del default
		far.*go over it|ip -6 route add default dev $dev|ip -6 route del default dev $dev
		a route|ip -4 route add 198.51.100.0/24 dev $dev|ip -4 route del 198.51.100.0/24 dev $dev
		a route.* table 77: default|ip -4 route add default dev $dev table 77|ip -4 route del default dev $dev table 77
		a route|ip -6 route add 2001:db8:7::/64 dev $dev|ip -6 route del 2001:db8:7::/64 dev $dev
		next hop.*id 77|ip nexthop add id 77 dev $dev|ip nexthop del id 77
		rule.*pref 77|ip -4 rule add pref 77 iif $dev table 77|ip -4 rule del pref 77
		rule.*pref 77|ip -6 rule add pref 77 oif $dev table 77|ip -6 rule del pref 77
		2001:db8::1|ip addr add 2001:db8::1/64 dev $dev nodad|ip addr del 2001:db8::1/64 dev $dev
		fe80::1/64|ip addr add fe80::1/64 dev $dev nodad|ip addr del fe80::1/64 dev $dev
		bridge|ip link set $dev master hc-br|ip link set $dev nomaster
		hc-v is on top of it|ip link add link $dev name hc-v type vlan id 7|ip link del hc-v
		hc-m is on top of it|ip link add link $dev name hc-m address 02:68:63:00:00:77 type macvlan|ip link del hc-m
		qdisc|tc qdisc add dev $dev root handle 1: pfifo limit 10|tc qdisc del dev $dev root
		qdisc.*clsact|tc qdisc add dev $dev clsact|tc qdisc del dev $dev clsact
		want.*all frames|ip link set $dev promisc on|ip link set $dev promisc off
	EOF
}

# Those that do not disturb a netdev to which another machine sends
uses_if_moved() {
	local dev=$1

	cat <<-EOF
		192.0.2.1/24|ip addr add 192.0.2.1/24 dev $dev|ip addr del 192.0.2.1/24 dev $dev
		192.0.2.1/24|ip addr add 192.0.2.1/24 dev $dev label $dev:1|ip addr del 192.0.2.1/24 dev $dev
		169.254.7.7/16|ip addr add 169.254.7.7/16 dev $dev scope link|ip addr del 169.254.7.7/16 dev $dev
		neighbour.*192.0.2.9|ip neigh add 192.0.2.9 lladdr 02:68:63:00:00:09 dev $dev nud permanent|ip neigh del 192.0.2.9 dev $dev
	EOF
}

# refused REGEX DEVICE [INSIDE...]: before anything is done
refused() {
	local regex=$1 device=$2
	shift 2

	run 1 "$@" "$tool" run table3 --quick --device "$device" || return
	[[ ! -s $work/out ]] || { echo "on stdout: $(head -n 1 "$work/out")"; return 1; }
	said "${device#nic:} is in use: .*$regex"
}

# used REGEX COMMAND UNDO DEVICE [INSIDE...]
used() {
	local rc
	local -a what undo

	read -r -a what <<<"$2"
	read -r -a undo <<<"$3"
	"${@:5}" "${what[@]}" 2>"$work/cannot" || { head -n 1 "$work/cannot"; return "$KSFT_SKIP"; }
	refused "$1" "$4" "${@:5}"
	rc=$?
	"${@:5}" "${undo[@]}"
	return $rc
}

all_uses() {
	local device=$1 regex what undo
	shift

	while IFS='|' read -r regex what undo; do
		test_that "$device: ${what/#ip -? /ip }" used "$regex" "$what" "$undo" "$device" "$@"
	done
}

# A use of this namespace by a process that has a socket
xsk() {
	local who rc

	# no function between, which would be what is killed
	ip netns exec "$ns" "$here/foreign" xsk nicA >"$work/foreign" 2>&1 &
	who=$!
	bound() { grep -q attached "$work/foreign"; }
	await bound || { cat "$work/foreign"; kill $who; return "$KSFT_SKIP"; }
	if inside ss --xdp 2>/dev/null | grep -q nicA; then
		refused "AF_XDP" nicA inside
		rc=$?
	else
		echo "the kernel does not tell of AF_XDP sockets (CONFIG_XDP_SOCKETS_DIAG)"
		rc=$KSFT_SKIP
	fi
	kill $who
	wait $who
	return "$rc"
}

# In a namespace where nobody looks: seen by its address, or by all that it receives, while it is up
macvlan_elsewhere() {
	local device=$1 rc
	shift

	"$@" ip link add link "$device" name hc-m address 02:68:63:00:00:77 netns "$second" type macvlan \
		2>"$work/cannot" || { cat "$work/cannot"; return "$KSFT_SKIP"; }
	ip -n "$second" link set hc-m up && refused "(02:68:63:00:00:77|all frames)" "$device" "$@"
	rc=$?
	ip -n "$second" link del hc-m
	return $rc
}

two_addresses() {
	local rc

	inside ip addr add 192.0.2.1/24 dev nicA && inside ip addr add 192.0.2.2/24 dev nicA label nicA:1 || return
	refused "second.*192.0.2.2/24" nicA inside
	rc=$?
	inside ip addr flush dev nicA scope global
	return $rc
}

# unchanged NAMESPACE NETDEVS COMMAND...: all of it, before and after
unchanged() {
	local where=$1 netdevs=$2 before after tries rc
	shift 2

	# shellcheck disable=SC2086 # a list
	before=$(full_state "$where" $netdevs)
	(($(wc -l <<<"$before") > 100)) || { echo "there is not much of it: $before"; return 1; }
	"$@"
	rc=$?
	# what a child puts back, and addresses that are tried for a second
	for ((tries = 0; tries < 20; tries++)); do
		# shellcheck disable=SC2086
		after=$(full_state "$where" $netdevs)
		[[ $after != "$before" ]] || return $rc
		sleep 0.2
	done
	diff <(echo "$before") <(echo "$after")
	return 1
}

# Nobody waits for a sender here; whether it is measured is others' concern
lends() {
	local device=$1
	shift

	"$@" "$tool" run figure14a --quick --wait 1 --device "$device" >"$work/out" 2>"$work/err"
	grep -q "^${device#nic:} (.*), while a bench runs" "$work/out" || { cat "$work/err"; return 1; }
}

lends_down() {
	inside ip link set nicA down
	unchanged "$ns" nicA lends nicA inside
	rc=$?
	inside ip link set nicA up
	return $rc
}

queues() {
	inside ethtool -L nicA rx 4 tx 4 2>"$work/cannot" || { cat "$work/cannot"; return "$KSFT_SKIP"; }
	inside sh -c 'for f in /sys/class/net/nicA/queues/*/[rx]ps_cpus; do echo 1 >$f; done' 2>/dev/null
	unchanged "$ns" nicA lends nicA inside
}

ktap_print_header
ip netns add "$ns" && ip netns add "$second" || skip_all "no network namespaces"
cleanups+=("ip netns del $ns" "ip netns del $second")
inside ip link add nicA numrxqueues 4 numtxqueues 4 type veth peer name nicB numrxqueues 4 numtxqueues 4 ||
	skip_all "no veth pair"
inside ip link add hc-far type dummy && inside ip link set hc-far up
inside ip link add hc-br type bridge 2>/dev/null
inside ip link set nicA up && inside ip link set nicB up
settled() { ! inside ip -6 addr show dev nicA | grep -q tentative; }
await settled

all_uses nicA inside < <(uses_of nicA)
test_that "nicA: a macvlan in another namespace" macvlan_elsewhere nicA inside
test_that "nicA: two IPv4 addresses" two_addresses
test_that "nicA: an AF_XDP socket" xsk
test_that "nicA, its link up: as it was" unchanged "$ns" nicA lends nicA inside
inside ip addr add 192.0.2.1/24 dev nicA label nicA:1 valid_lft 5500 preferred_lft 4500
inside ip neigh add 192.0.2.9 lladdr 02:68:63:00:00:09 dev nicA nud permanent
inside sysctl -qw net.ipv4.conf.nicA.rp_filter=1 net.ipv6.conf.nicA.accept_ra=0 net.ipv4.neigh.nicA.app_solicit=7
test_that "nicA, with an address, a neighbour and settings: as it was" unchanged "$ns" nicA lends nicA inside
test_that "nicA, four queues: as it was" queues
inside ip neigh del 192.0.2.9 dev nicA
test_that "nicA, its link down: as it was" lends_down

sim=$(netdev_of 1) peer=$(netdev_of 0)
[[ $sim && $peer ]] || finish
set_on_sim() {
	ip link set "$sim" up && ip link set "$peer" up txqueuelen 77 alias "somebody's"
	sysctl -qw "net.ipv4.conf.$sim.rp_filter=1" "net.ipv6.conf.$sim.accept_ra=0" \
		"net.ipv4.neigh.$peer.app_solicit=7" "net.ipv6.conf.$peer.addr_gen_mode=0"
}
sim_settled() { ! ip -6 addr show | grep -q tentative; }

# Without options the device is mlx5, unless it is used: then nothing on it is touched
by_default() {
	run_to_end "$tool" run drop --quick --json "$json" || return
	jq -e ".benches[0].device.kind == \"$1\"" "$json" >/dev/null || { echo "not over $1"; return 1; }
}

on_it() {
	ip addr add 192.0.2.1/24 dev "$peer" label "$peer:1" valid_lft 5500 preferred_lft 4500 &&
		ip -6 addr add 2001:db8::1/64 dev "$sim" nodad && ip -6 route add default dev "$sim" metric 4000 &&
		tc qdisc add dev "$peer" clsact && ip neigh add 2001:db8::9 lladdr 02:68:63:00:00:09 dev "$sim"
}
off_it() {
	ip addr del 192.0.2.1/24 dev "$peer"
	ip -6 route del default dev "$sim" metric 4000
	ip -6 addr del 2001:db8::1/64 dev "$sim"
	tc qdisc del dev "$peer" clsact
	ip neigh del 2001:db8::9 dev "$sim" 2>/dev/null
}
used_by_default() {
	local rc

	on_it || { off_it; return 1; }
	unchanged "" "$sim $peer" by_default veth
	rc=$?
	off_it
	return $rc
}

taken() { [[ ! -d /sys/class/net/$sim ]]; }
ended() {
	"${interruptible[@]}" "$tool" run drop --device mlx5 >"$work/out" 2>"$work/err" &
	pid=$!
	await taken || { kill -KILL $pid; echo "the netdev was not taken"; return 1; }
	kill "-$1" $pid
	wait $pid
	return 0
}

restore=$(ip -o link show "$peer" | sed -E 's/.* qlen ([0-9]+).*/\1/')
cleanups+=("ip link set $sim down" "ip link set $peer down alias '' txqueuelen $restore")
ip link add hc-far type dummy && ip link set hc-far up && cleanups+=("ip link del hc-far")
ip link add hc-br type bridge 2>/dev/null && cleanups+=("ip link del hc-br")
set_on_sim && await sim_settled
test_that "mlx5, used: another is the default, and nothing is touched" used_by_default
test_that "mlx5, not used: as it was" unchanged "" "$sim $peer" by_default mlx5
test_that "nic:$sim, as a NIC: as it was" unchanged "" "$sim $peer" lends "nic:$sim"
test_that "mlx5, SIGTERM: as it was" unchanged "" "$sim $peer" ended TERM
test_that "mlx5, SIGKILL: as it was" unchanged "" "$sim $peer" ended KILL
all_uses "$sim" < <(uses_of "$sim"; uses_if_moved "$sim")
test_that "$sim: a macvlan in another namespace" macvlan_elsewhere "$sim"
test_that "nothing is left on" all_off
finish
