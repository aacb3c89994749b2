# SPDX-License-Identifier: GPL-2.0-only
# Sourced by mlx5sim's tests after lib.sh: its ports as the ends of a wire, its counters
#
#	netns $a, sim0 10.204.0.1 -- port 0 ---- port 1 -- sim1 10.204.0.2, netns $b
#
# The netdevs are borrowed: they have these names until they are given back.
# shellcheck shell=bash

# lib.sh's
: "${here:?}" "${work:?}"
sim=/sys/kernel/debug/mlx5sim
a=sim-a-$$
b=sim-b-$$
# An emulated CPU has not the time for as many rounds
# shellcheck disable=SC2034
if [[ ${HOOKCOST_TARGET:-} == vm ]]; then
	rounds=${MLX5SIM_ROUNDS:-5}
	patience=${MLX5SIM_PATIENCE:-40000}
else
	rounds=${MLX5SIM_ROUNDS:-50}
	patience=${MLX5SIM_PATIENCE:-4000}
fi
# Frames per second while something else is tested, which a debug kernel could not take
gen_rate=$((${HOOKCOST_SCALE:-1} > 1 ? 200 : 2000))

# The PCI address of port $1; there is a domain of its own where there are domains
pci() {
	local path

	for path in /sys/bus/pci/devices/*:40:00."$1"; do
		[[ ! -e $path ]] || echo "${path##*/}"
	done
}

need_sim_ports() {
	need_root
	need_module mlx5sim
	[[ -d $sim/port1 ]] || skip_all "no $sim/port1: mlx5sim has one port only"
	need_command ip ethtool
	[[ $(netdev_of 0) && $(netdev_of 1) ]] || skip_all "mlx5 has no netdevs of mlx5sim's ports 0 and 1"
}

# A pause without a process: where they are slow, as in UML, most of the time goes into them
mkfifo "$work/never"
nap() { read -rt 0.01 <>"$work/never" || :; }

# await COMMAND...: until it is true
await() {
	local end=$((SECONDS + patience / 1000 + 1))

	until "$@"; do
		((SECONDS < end)) || { echo "in vain: $*"; return 1; }
		nap
	done
}

ns_of() { if (($1)); then echo "$b"; else echo "$a"; fi; }
# on PORT COMMAND...: in the port's namespace
on() {
	local ns=$a

	(($1 == 0)) || ns=$b
	shift
	nsenter --net="/run/netns/$ns" "$@"
}
# set_link PORT ARGUMENT...: ip link set
set_link() {
	local ns=$a port=$1

	((port == 0)) || ns=$b
	shift
	ip -n "$ns" link set "sim$port" "$@"
}

# The namespaces' sysfs, so that a look at it needs no process
# has_link PORT 0|1: model and netdev agree on it; without, the netdev can be down
has_link() {
	local carrier

	[[ $(<"$sim/port$1/link") == "$2" ]] || return
	{ read -r carrier <"$work/sysfs$1/class/net/sim$1/carrier"; } 2>/dev/null
	[[ ${carrier:-0} == "$2" ]]
}
both_linked() { has_link 0 1 && has_link 1 1; }
both_unlinked() { has_link 0 0 && has_link 1 0; }

mac_of() { cat "$work/sysfs$1/class/net/sim$1/address"; }

# take PORT: its netdev, wherever it is found, to its namespace, and up
take() {
	local port=$1 ns=$a name=()

	((port == 0)) || ns=$b
	found() {
		name=(/sys/bus/pci/devices/*:40:00."$port"/net/*)
		[[ -e ${name[0]} ]]
	}
	await found || return
	ip link set "${name[0]##*/}" netns "$ns" name "sim$port" || return
	ip -n "$ns" -batch - <<-EOF
		addr add 10.204.0.$((port + 1))/24 dev sim$port
		link set sim$port up
	EOF
}

# No frames but the test's: addresses are known, and there is no IPv6
know_each_other() {
	ip -n "$a" neigh replace 10.204.0.2 lladdr "$(mac_of 1)" dev sim0 nud permanent
	ip -n "$b" neigh replace 10.204.0.1 lladdr "$(mac_of 0)" dev sim1 nud permanent
}

namespace() {
	ip netns add "$2" || return
	mkdir "$work/sysfs$1"
	on "$1" mount -t sysfs sysfs "$work/sysfs$1" || return
	on "$1" sh -c 'echo 1 | tee /proc/sys/net/ipv6/conf/*/disable_ipv6 >/dev/null'
}

wire_up() {
	names=("$(netdev_of 0)" "$(netdev_of 1)")
	cleanups+=(wire_down)
	namespace 0 "$a" && namespace 1 "$b" || return
	take 0 && take 1 && await both_linked || return
	know_each_other
}

wire_down() {
	local port ns

	for port in 0 1; do
		ns=$(ns_of $port)
		ip -n "$ns" link set "sim$port" down netns $$ name "${names[port]}" 2>/dev/null
		umount "$work/sysfs$port"
		ip netns del "$ns"
	done
}

# value_of NAME FILE: the word behind it, on the line of this name
value_of() {
	local name value

	while read -r name value; do
		if [[ $name == "$1" ]]; then
			echo "$value"
			return
		fi
	done <"$2"
	return 1
}
# number PORT FILE NAME: of mlx5sim's
number() { value_of "$3" "$sim/port$1/$2"; }
count() { number "$1" counters "$2"; }
# stats PORT: the driver's counters, all of one moment, for stat
stats() { on "$1" ethtool -S "sim$1" >"$work/stats"; }
stat() { value_of "$1:" "$work/stats"; }
# stat_of PORT NAME
stat_of() { stats "$1" && stat "$2"; }

# same WHAT GOT EXPECTED
same() { [[ $2 == "$3" ]] || { echo "$1: $2, not $3"; return 1; }; }

# send_to PORT KEY=VALUE...: frames arrive at the port, see sim_frame.c
send_to() {
	local port=$1
	shift
	"$here/sim_frame" "$sim/port$port/inject" "$@"
}

pings() { on 0 ping -c "${1:-3}" -i 0.01 -W 2 -q 10.204.0.2; }
works() { await both_linked && know_each_other && pings 3; }

# Until traffic_off: pings, and frames from the generator, which ends when the link does
traffic_on() {
	echo $gen_rate >$sim/port0/gen/rate
	echo $gen_rate >$sim/port1/gen/rate
	generate
	# no function between, which would be what is killed; nor descriptors of the runner's,
	# which waits until they are closed
	nsenter --net="/run/netns/$a" \
		sh -c 'while :; do ping -i 0.01 -c 100 -q 10.204.0.2; sleep 0.1; done' >/dev/null 2>&1 3>&- 4>&- &
	pinging=$!
	cleanups+=(traffic_off)
}
generate() {
	await both_linked || return
	# it may be at it already
	echo 0 2>/dev/null >$sim/port0/gen/start
	echo 0 2>/dev/null >$sim/port1/gen/start
	return 0
}
traffic_off() {
	local port

	[[ $pinging ]] || return
	kill "$pinging"
	pinging=
	for port in 0 1; do
		echo 1 >$sim/port$port/gen/stop
		echo 0 >$sim/port$port/gen/rate
	done
}

# What must not happen, whatever a test does to the driver
harm() {
	local port

	for port in 0 1; do
		echo "port $port:"
		grep -E '^(bad|unknown)_commands|^leaked|^dma_faults|^cq_over|^tx_errors' "$sim/port$port/counters"
	done
	echo "splats $(dmesg | grep -cE 'WARNING:|BUG:|Oops|Call Trace')"
}

objects() { cat "$sim/port0/objects" "$sim/port1/objects"; }
