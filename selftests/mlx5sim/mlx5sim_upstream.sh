#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The kernel's own tests of network drivers, unchanged, with mlx5 on mlx5sim as the NIC
# and its other port, in a namespace, as the remote end

source "$(dirname "$0")/lib.sh"
need_root
need_sim

for root in "$here/../upstream" "$here/.."; do
	root=$(cd "$root" 2>/dev/null && pwd -P)
	[[ ! -x $root/drivers/net/ping.py ]] || break
done
[[ -x $root/drivers/net/ping.py ]] || skip_all "the kernel's drivers/net tests are not installed"

netdev_of() { basename "$(echo /sys/bus/pci/devices/*:40:00."$1"/net/*)"; }

dev=$(netdev_of 0)
peer=$(netdev_of 1)
peer_ns=hc-peer

peer_home() { ip -n "$peer_ns" link set "$peer" netns 1 2>/dev/null; }
cleanups+=("ip addr flush dev $dev; ip link set $dev down"
	"ip netns del $peer_ns; ip link set $peer down" peer_home)

remote_up() {
	# a test takes the netdev down, and the next one wants its addresses
	echo 1 >/proc/sys/net/ipv6/conf/"$dev"/keep_addr_on_down
	ip netns add "$peer_ns" &&
		ip link set "$peer" netns "$peer_ns" &&
		ip addr add 192.0.2.1/24 dev "$dev" &&
		ip -6 addr add 2001:db8::1/64 dev "$dev" nodad &&
		ip -n "$peer_ns" addr add 192.0.2.2/24 dev "$peer" &&
		ip -n "$peer_ns" -6 addr add 2001:db8::2/64 dev "$peer" nodad &&
		ip link set "$dev" up &&
		ip -n "$peer_ns" link set lo up &&
		ip -n "$peer_ns" link set "$peer" up || exit 1
	export NETIF=$dev LOCAL_V4=192.0.2.1 REMOTE_V4=192.0.2.2
	export LOCAL_V6=2001:db8::1 REMOTE_V6=2001:db8::2
	export REMOTE_TYPE=netns REMOTE_ARGS=$peer_ns
	export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
}

# 6.12's csum.py wants the name of the remote end, which its environment does not give it
# shellcheck disable=SC2016
with_remote_ifname='import os, runpy, sys
name, path = sys.argv[1], os.path.abspath(sys.argv[2])
sys.argv = [path]
sys.path.insert(0, os.path.dirname(path))
from lib.py import NetDrvEpEnv
NetDrvEpEnv.remote_ifname = name
runpy.run_path(path, run_name="__main__")'

# upstream FOLDER/TEST COMMAND...: its results are shown; it may have failed none. They wait
# for fixed times, as csum.py for its receiver, which an emulated CPU, a debug kernel or a busy
# machine may need longer for: so they have a second go.
upstream() {
	local name=$1 rc failed goes=2
	shift

	for ((; goes; goes--)); do
		(cd "$root/$(dirname "$name")" && timeout 100 "$@") >"$work/out" 2>&1
		rc=$?
		sed 's/^/# | /' "$work/out"
		failed=$(grep -c '^not ok' "$work/out")
		((rc != KSFT_SKIP && (rc || failed))) || break
		((goes == 1)) || echo "# $name: exit status $rc, $failed failed; once more"
	done
	if ((rc == KSFT_SKIP)); then
		ktap_test_skip "$name: $(grep -m 1 -iE 'skip' "$work/out")"
	elif ((rc || failed)); then
		echo "# $name: exit status $rc, $failed failed"
		ktap_test_fail "$name"
	else
		ktap_test_pass "$name"
	fi
}

# skip_unless CONDITION REASON NAME COMMAND...
skip_unless() {
	local condition=$1 reason=$2
	shift 2

	if eval "$condition" >/dev/null 2>&1; then
		upstream "$@"
	else
		ktap_test_skip "$1: $reason"
	fi
}

ktap_print_header
python3 -c "import yaml" 2>/dev/null || skip_all "no python3-yaml, which the kernel's tests need"
remote_up

skip_unless "command -v socat" "no socat" drivers/net/ping.py ./ping.py
upstream drivers/net/stats.py ./stats.py
skip_unless "ls -d /sys/class/net/$dev/queues/rx-0" "no rx queues in sysfs (kernel without CONFIG_RPS, as is UML's)" \
	drivers/net/queues.py ./queues.py
upstream drivers/net/hw/csum.py python3 -c "$with_remote_ifname" "$peer" csum.py
# it asks for three queues at least, and knows how to skip itself only where the NIC has more
lacks="this ethtool has no --json -c"
! ethtool --json -c "$dev" >/dev/null 2>&1 || lacks=
queues=$(ethtool -l "$dev" | awk '/^Combined:/ { print $2; exit }')
((queues > 1)) || lacks="$dev has ${queues:-no} queue, as there is one CPU, and RSS spreads over several"
skip_unless "[[ ! '$lacks' ]]" "$lacks" \
	drivers/net/hw/rss_ctx.py ./rss_ctx.py
skip_unless "[[ -d /sys/kernel/debug/fail_function ]] && command -v iperf3" \
	"no fault injection (CONFIG_FAIL_FUNCTION), or no iperf3" \
	drivers/net/hw/pp_alloc_fail.py ./pp_alloc_fail.py

test_that "ethtool -t" ethtool -t "$dev"

# These want both ports here, and give them addresses themselves
peer_home
ip addr flush dev "$dev"
# their own knobs: seconds that a link gets to settle, and to come up
export WAIT_TIME=0.3 WAIT_TIMEOUT=3
skip_unless "command -v mausezahn" "no mausezahn" \
	drivers/net/hw/loopback.sh ./loopback.sh "$dev" "$peer"
skip_unless "command -v mausezahn" "no mausezahn" \
	drivers/net/hw/ethtool.sh ./ethtool.sh "$dev" "$peer"
finish
