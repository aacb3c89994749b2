#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# host-init.sh RUN NONCE: PID 1 of a run on this machine, in PID and mount namespaces of
# its own, as guest-init.sh is of a guest: when it ends, all processes and mounts of the
# run do. Started by boot-host.sh.

export LC_ALL=C
run=$1 nonce=$2

fail() {
	echo "host-init.sh: $*" >&2
	exit 1
}

# Until the launcher asks for the end by a file or a signal, or is gone; the command then
# has 10 s to put back what it has changed
watch_stop() {
	exec {alive}<"$run/alive"
	until [[ -e $run/stop ]]; do
		read -r -t 1 -u "$alive"
		(($? > 128)) || break
	done
	kill -INT -1
	sleep 10
	kill -KILL -1
}

# What the kernel has one of, for all namespaces
jit=/proc/sys/net/core/bpf_jit_enable
modules() { (cd /sys/module && echo hookcost_*); }
put_back() {
	local module

	for module in $(modules); do
		[[ ! -d /sys/module/$module || " $modules_were " == *" $module "* ]] || rmmod "$module"
	done
	[[ ! $jit_was || $(<"$jit") == "$jit_was" ]] || echo "$jit_was" >"$jit"
}

# Processes of the run, but not this script's own
others() {
	local proc

	for proc in /proc/[0-9]*; do
		proc=${proc#/proc/}
		[[ " 1 $watcher $stderr " == *" $proc "* ]] || return 0
	done
	return 1
}

# shellcheck source=/dev/null
source "$run/env" || fail "cannot read $run/env"
mount -t proc proc /proc || fail "cannot mount /proc"
# Named network namespaces, pinned programs and temporary files are the run's own
mount -t tmpfs tmpfs /run || fail "cannot mount a tmpfs on /run"
[[ -d /sys/kernel/debug/tracing ]] || mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
mount -t bpf bpf /sys/fs/bpf 2>/dev/null
export TMPDIR=/run/tmp
mkdir -m 1777 "$TMPDIR" || fail "cannot make $TMPDIR"

stderr=
[[ $HOOKCOST_TTY == 1 ]] || { exec 2> >(exec cat); stderr=$!; }
modules_were=$(modules)
jit_was=$(cat "$jit" 2>/dev/null)
trap 'touch "$run/stop"' INT TERM HUP
watch_stop &
watcher=$!
{
	# a shell ignores SIGINT for what it has in the background, and no process of the run
	# would see that it is to end
	env --default-signal=INT,QUIT "$HOOKCOST_TOP/scripts/target-run.sh" </dev/null
	echo $? >"$run/rc"
} | tee -i "$run/output" &
pid=$!
# a signal interrupts wait
while kill -0 "$pid" 2>/dev/null; do
	wait "$pid"
done

# What a killed process has left to its children to put back
for ((i = 0; i < 50; i++)); do
	others || break
	sleep 0.1
done
put_back
dmesg | awk -v mark="hookcost: run $nonce" 'index($0, mark) { text = "" } { text = text $0 "\n" }
	END { printf "%s", text }' >"$run/dmesg"
echo "$nonce $(<"$run/rc")" >"$run/status"
kill "$watcher"
