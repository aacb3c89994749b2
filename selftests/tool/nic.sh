# SPDX-License-Identifier: GPL-2.0-only
# Sourced by device_*.sh: a NIC whose traffic comes from another machine is one end of a
# pair, whose other end is in another namespace, where what hookcost peer prints is run.
#
#	this namespace: nicA ----- $pair ----- nicB :netns hc-other
#	hookcost run --device nicA            pktgen, sockperf
# shellcheck shell=bash

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

json="$work/result.json"
other=hc-other
kinds=(frames UDP TCP)

# Who is nicA is told by $pair: veth, mlx5 (mlx5sim's port 1, and port 0 is the other machine's)
# or virtio (two of virtio_net's that nobody uses). The latter two come and go with a driver.
: "${pair:=veth}"
# without nic: the tool takes mlx5sim's netdev, and injects frames at the wire
device=nicA
[[ $pair != mlx5 ]] || device=nic:nicA
names=()

virtio_netdevs() {
	local path

	for path in /sys/bus/virtio/drivers/virtio_net/virtio*/net/*; do
		[[ ! -e $path ]] || (($(<"$path/flags") & 1)) || echo "${path##*/}"
	done
}

need_pair() {
	case $pair in
	mlx5) mapfile -t names < <(netdev_of 1; netdev_of 0) ;;
	virtio) mapfile -t names < <(virtio_netdevs) ;;
	*) return ;;
	esac
	((${#names[@]} == 2)) || skip_all "no two netdevs of $pair that are connected"
}

make_pair() {
	if [[ $pair == veth ]]; then
		ip link add nicA type veth peer name nicB netns $other || return
		cleanups+=("ip link del nicA 2>/dev/null")
		# without it veth bypasses the receiver's NAPI
		ip netns exec $other ethtool -K nicB tso off >/dev/null
	else
		cleanups+=(give_back)
		ip link set "${names[1]}" down netns $other name nicB &&
			ip link set "${names[0]}" down name nicA || return
	fi
}

give_back() {
	ip link set nicA down name "${names[0]}"
	ip -n $other link set nicB down netns $$ name "${names[1]}"
}

carrier() { [[ $(cat /sys/class/net/nicA/carrier 2>/dev/null) == 1 ]]; }

# As if somebody pulled it out
pull_out() {
	if [[ $pair == veth ]]; then
		ip link del nicA
	else
		pulled=$(readlink -f /sys/class/net/nicA/device)
		driver=$(readlink -f "$pulled/driver")
		echo "${pulled##*/}" >"$driver/unbind"
	fi
}
put_in() {
	local name

	[[ $pair != veth ]] || return 0
	echo "${pulled##*/}" >"$driver/bind" || return
	there() { name=$(ls "$pulled/net") && [[ $name ]]; }
	await there && ip link set "$name" down name nicA
}

# The pair; then, by peer_scripts, what the other machine runs for each kind of traffic
setup() {
	ip netns add $other && make_pair || return
	cleanups+=(stop_sending)
	ip -n $other link set nicB up
	# its qdisc is there from the first time on
	ip link set nicA up && await carrier || return
	# who knows how others' are connected?
	[[ $pair != virtio ]] || pings || return
	ip link set nicA down
}

pings() {
	local rc

	ip addr add 10.203.0.2/30 dev nicA && ip -n $other addr add 10.203.0.1/30 dev nicB || return
	ip netns exec $other ping -c 2 -W 5 -q 10.203.0.2 >/dev/null
	rc=$?
	ip addr del 10.203.0.2/30 dev nicA
	ip -n $other addr del 10.203.0.1/30 dev nicB
	return $rc
}

peer_scripts() {
	local kind

	"$tool" peer table1 --device "$device" --ifname nicB >"$work/peer" || return
	for kind in "${kinds[@]}"; do
		sed -n "1,/^\$/p; /^# $kind/,/^done/p" "$work/peer" >"$work/$kind.sh"
		[[ -s $work/$kind.sh ]] || { echo "no script for $kind"; return 1; }
	done
}
cleanups+=("ip netns del $other 2>/dev/null")

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

# To which CPUs its interrupts go, if they can be told to; their numbers may be others
affinity() {
	local irq

	for irq in /sys/class/net/nicA/device{,/..}/msi_irqs/*; do
		cat "/proc/irq/${irq##*/}/smp_affinity_list" 2>/dev/null
	done | sort | uniq -c
}

# All of nicA that a run changes
state() {
	ip -o link show nicA | sed 's/^[0-9]*: //'
	ip -o addr show nicA | grep -w inet
	ethtool -k nicA | grep generic-receive-offload
	ethtool -l nicA 2>/dev/null
	affinity
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
	run "$status" "$tool" run "$bench" --quick --device "$device" --json "$json" "$@"
}

check() { holds "$json" "$@"; }

attached() { ip link show nicA | grep -q 'prog/xdp'; }

refused() {
	run 1 "$tool" run figure14a --quick --device "$2" || return
	[[ ! -s $work/out ]] || { echo "on stdout: $(head -n 1 "$work/out")"; return 1; }
	said "$1"
}
