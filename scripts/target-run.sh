#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs on the target, whichever it is: loads the modules, runs the command in
# $HOOKCOST_RUN/command, unloads what it loaded, and has a debug kernel look for leaks.
# Wants the variables of $HOOKCOST_RUN/env.

set -u
loaded=()

unload() {
	local module

	for module in "${loaded[@]}"; do
		# UML has no way to take a region of MMIO away again
		[[ $module == mlx5sim && $HOOKCOST_TARGET == uml ]] || rmmod "$module"
	done
}

# An object must be 5 s old, and the same in two scans
scan_leaks() {
	local leaks=/sys/kernel/debug/kmemleak

	[[ -w $leaks ]] || return
	sleep 6
	echo scan >$leaks && echo scan >$leaks &&
		cat $leaks >"$HOOKCOST_RUN/leaks" && mv "$HOOKCOST_RUN/leaks" "$HOOKCOST_RUN/kmemleak"
}

jit=/proc/sys/net/core/bpf_jit_enable
jit_was=
jit_on() {
	[[ -w $jit && $(<"$jit") != 1 ]] || return
	jit_was=$(<"$jit")
	echo 1 >"$jit"
}
jit_back() { [[ ! $jit_was ]] || echo "$jit_was" >"$jit"; }

trap 'unload; jit_back; scan_leaks' EXIT
trap : INT

# kernels before 5.11 count maps and programs; a container may not raise it
ulimit -l unlimited 2>/dev/null
jit_on
for ko in "$HOOKCOST_MODULES"/hookcost_*.ko; do
	module=$(basename "$ko" .ko)
	# HOOKCOST_BARE: a kernel without hookcost has not all of them
	if [[ -e $ko && ! -d /sys/module/$module && ! ${HOOKCOST_BARE:-} ]]; then
		insmod "$ko" && loaded=("$module" "${loaded[@]}")
	fi
done
# On a host they may be installed instead
if [[ $HOOKCOST_TARGET == host ]]; then
	for module in hookcost_kfunc hookcost_native; do
		if [[ ! -d /sys/module/$module ]] && modprobe -n "$module" 2>/dev/null; then
			modprobe "$module" && loaded=("$module" "${loaded[@]}")
		fi
	done
fi
# The software ConnectX makes the netdevs of the kernel's own driver
ko=$HOOKCOST_MODULES/mlx5sim.ko
if [[ -e $ko && ! -d /sys/module/mlx5sim ]]; then
	modprobe -d "$HOOKCOST_KMODULES" mlx5_core && loaded=(mlx5_core "${loaded[@]}")
	insmod "$ko" && loaded=(mlx5sim "${loaded[@]}")
fi

export PATH=$HOOKCOST_OUT/userspace:$PATH
cd "$HOOKCOST_TOP" || exit
eval "$(<"$HOOKCOST_RUN/command")"
