#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# host-state.sh: what a run could leave behind on this machine
# host-state.sh FILE: what of it is not as FILE says, in the end
source "$(dirname "$0")/lib.sh"

state() {
	local name

	ip -o link | sed -E 's/^[0-9]+: /netdev /; s/ (qlen|state) .*//'
	# with it come filters; the netdevs show their XDP programs themselves
	tc qdisc show 2>/dev/null | grep clsact || :
	find /run/netns -mindepth 1 -printf 'namespace %f\n' 2>/dev/null | sort || :
	find /sys/module -maxdepth 1 \( -name 'hookcost_*' -o -name 'mlx5*' \) -printf 'module %f\n' | sort
	grep . /proc/sys/net/core/bpf_jit_* /proc/sys/kernel/bpf_stats_enabled 2>/dev/null || :
	for name in hookcost hookcost-guard sockperf iperf; do
		pgrep -lx "$name" || :
	done
}

if [[ ! ${1:-} ]]; then
	state
	exit
fi
# the kernel frees a namespace a while later
for ((i = 0; i < 50; i++)); do
	left=$(diff "$1" <(state)) || :
	[[ $left ]] || exit 0
	sleep 0.1
done
echo "$left"
