#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mlx5sim: the driver comes and goes, and its queues, many times under traffic: no object of
# the firmware's is left over, no command is refused, and traffic goes on

source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/sim.sh"
need_sim_ports
need_command ping devlink

drivers=/sys/bus/pci/drivers/mlx5_core

port1=$(pci 1)

reload() { devlink dev reload "pci/$port1" >/dev/null && take 1; }
rebind() { echo "$port1" >$drivers/unbind && echo "$port1" >$drivers/bind && take 1; }
down_up() { printf 'link set sim1 %s\n' down up | ip -n "$b" -batch -; }
ring() { on 1 ethtool -G sim1 rx $(($1 & 1 ? 256 : 1024)) tx $(($1 & 1 ? 2048 : 1024)); }
coalesce() {
	if (($1 & 1)); then
		on 1 ethtool -C sim1 adaptive-rx off adaptive-tx off rx-usecs 3 rx-frames 7
	else
		on 1 ethtool -C sim1 adaptive-rx on adaptive-tx on
	fi
}
flag() { on 1 ethtool --set-priv-flags sim1 "$1" "$2"; }
on_off=(on off)
striding() { flag rx_striding_rq "${on_off[$1 & 1]}"; }
compression() { flag rx_cqe_compress "${on_off[($1 + 1) & 1]}"; }
channels() {
	local max

	max=$(on 1 ethtool -l sim1 | awk '/Combined/ { print $2; exit }')
	((max > 1)) || { echo "there is one channel only"; return "$KSFT_SKIP"; }
	on 1 ethtool -L sim1 combined $(($1 & 1 ? 1 : max))
}

same_objects() { [[ $(objects) == "$objects" ]]; }

# many HOW: an even number of times, so that the last one restores what there was
many() {
	local i packets

	for ((i = 1; i <= (rounds + 1) / 2 * 2; i++)); do
		generate
		"$@" $i || return
	done
	await both_linked && generate || return
	packets=$(count 1 rx_frames)
	grown() { (($(count 1 rx_frames) > packets + 100)); }
	await grown || return
	await same_objects || { diff - <(objects) <<<"$objects"; return 1; }
	know_each_other && pings || return
	same "what there was of harm" "$(harm)" "$before"
}

ktap_print_header
wire_up || { echo "Bail out! no wire"; exit 1; }
await both_linked
before=$(harm)
objects=$(objects)
traffic_on
test_that "devlink reload" many reload
test_that "unbind and bind" many rebind
test_that "down and up" many down_up
test_that "rings of other sizes" many ring
test_that "other moderation" many coalesce
test_that "striding and cyclic queues" many striding
test_that "CQE compression" many compression
test_that "channels" many channels
traffic_off
test_that "without traffic: the same objects, and pings" eval "works && same objects \"\$(objects)\" \"\$objects\""
finish
