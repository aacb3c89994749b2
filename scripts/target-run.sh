#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs on the target, whichever it is: loads the modules, runs the command in
# $HOOKCOST_RUN/command, unloads what it loaded. Wants the variables of $HOOKCOST_RUN/env.

set -u
loaded=()

unload() {
	local module

	for module in "${loaded[@]}"; do
		rmmod "$module"
	done
}
trap unload EXIT
trap : INT

ulimit -l unlimited
[[ ! -w /proc/sys/net/core/bpf_jit_enable ]] || echo 1 >/proc/sys/net/core/bpf_jit_enable
for ko in "$HOOKCOST_MODULES"/hookcost_*.ko; do
	module=$(basename "$ko" .ko)
	if [[ -e $ko && ! -d /sys/module/$module ]]; then
		insmod "$ko" && loaded=("$module" "${loaded[@]}")
	fi
done

export PATH=$HOOKCOST_OUT/userspace:$PATH
cd "$HOOKCOST_TOP" || exit
eval "$(<"$HOOKCOST_RUN/command")"
