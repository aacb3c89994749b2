#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost doctor: names each condition that is not as it should be, and a remedy that is one

source "$(dirname "$0")/lib.sh"
need_root
need_tool
need_patches
command -v jq >/dev/null || skip_all "needs jq"

# finding NAME FIELD: of the last report
finding() { jq -er --arg name "$1" ".checks[] | select(.name == \$name).$2" "$work/out"; }

# Its exit status is 1 exactly if something is bad
report() {
	local rc

	"$@" "$tool" doctor --json >"$work/out" 2>"$work/err"
	rc=$?
	[[ ! -s $work/err ]] || { cat "$work/err"; return 1; }
	if [[ $(jq '[.checks[] | select(.state == "bad")] | length' "$work/out") == 0 ]]; then
		((rc == 0))
	else
		((rc == 1))
	fi || { echo "exit status $rc"; return 1; }
}

# found NAME STATE WHAT [FIX]: regular expressions
found() {
	[[ $(finding "$1" state) == "$2" ]] || { jq --arg n "$1" '.checks[] | select(.name == $n)' "$work/out"; return 1; }
	finding "$1" what | grep -Eq -- "$3" || { echo "what: $(finding "$1" what)"; return 1; }
	[[ $2 == ok ]] || finding "$1" fix | grep -Eq -- "$4" || { echo "fix: $(finding "$1" fix)"; return 1; }
}

is_ok() { report "$@" && found "$name" ok .; }

# In a mount namespace of its own, after this script; $1 is the folder to work in
apart() {
	unshare -m --propagation private bash -c "$1"' ; shift; exec "$@"' - "$work" "${@:2}"
}

# says NAME STATE WHAT FIX [COMMAND...]
says() {
	local name=$1 state=$2 what=$3 fix=$4
	shift 4

	report "$@" && found "$name" "$state" "$what" "$fix"
}

# sysctl NAME VALUE CHECK STATE WHAT: the fix is a command, and it works
setting() {
	local file=/proc/sys/${1//.//} before rc

	before=$(<"$file")
	echo "$2" >"$file" || { echo "$1 cannot be set"; return "$KSFT_SKIP"; }
	says "$3" "$4" "$5" "^sysctl $1=" && eval "$(finding "$3" fix)" >/dev/null && name=$3 is_ok
	rc=$?
	echo "$before" >"$file"
	return $rc
}

nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }

not_root() { says root bad "65534" sudo nobody; }

# The command mounts it
debugfs() {
	says debugfs bad "not mounted" "^mount -t debugfs" apart "umount -l /sys/kernel/debug" || return
	name=debugfs is_ok apart "umount -l /sys/kernel/debug; $(finding debugfs fix)"
}

# config TEXT: in place of the kernel's own
config() {
	[[ -e /proc/config.gz ]] || { echo "no /proc/config.gz"; return "$KSFT_SKIP"; }
	printf '%b' "$1" | gzip >"$work/config.gz"
}
mount_config='mount --bind $1/config.gz /proc/config.gz'

unpatched() {
	config 'CONFIG_BPF=y\n' || return
	HOOKCOST_DEBUGFS=$work/absent says "hookcost patches" bad "no CONFIG_HOOKCOST" "make bench" apart "$mount_config"
}

patched_unreadable() {
	config 'CONFIG_HOOKCOST=y\n' || return
	HOOKCOST_DEBUGFS=$work/absent says "hookcost patches" bad "cannot be read" "mount -t debugfs" apart "$mount_config"
}

no_twins() {
	config 'CONFIG_HOOKCOST=y\n' || return
	says "hard-coded programs" poor "not compiled in" "CONFIG_HOOKCOST_HARDCODED=y" apart "$mount_config"
}

debug_option() {
	config "CONFIG_HOOKCOST=y\nCONFIG_$1=y\n" || return
	says "debug options" bad "$1" "boot a kernel without" apart "$mount_config"
}

no_config() {
	config '' || return
	: >"$work/config.gz"
	[[ ! -e /boot/config-$(uname -r) ]] || { echo "it is in /boot"; return "$KSFT_SKIP"; }
	says "debug options" poor "cannot be read" "IKCONFIG" apart "$mount_config"
}

# Removed, named, loaded again
module() {
	local ko="${HOOKCOST_MODULES:-}/$1.ko" rc

	[[ -r $ko ]] || { echo "HOOKCOST_MODULES does not name the folder of $1.ko"; return "$KSFT_SKIP"; }
	rmmod "$1" || return
	says "module $1" bad "not loaded" "^modprobe $1\$"
	rc=$?
	insmod "$ko" || return
	((rc == 0)) && name="module $1" is_ok
}

no_btf() { says BTF bad absent CONFIG_DEBUG_INFO_BTF apart 'mount -t tmpfs tmpfs /sys/kernel/btf'; }

# The remedy's first part is a command that names who holds them
stats_held() {
	local fd rc command who

	exec {fd}> >(exec "$here/bpf_stats" >"$work/held")
	for ((i = 0; i < 500; i++)); do
		[[ ! -s $work/held ]] || break
		sleep 0.01
	done
	says bpf_stats bad "held by a process" "^find /proc"
	rc=$?
	command=$(finding bpf_stats fix)
	who=$(eval "${command%% (*}" 2>/dev/null)
	exec {fd}>&-
	((rc == 0)) || return
	[[ $who == /proc/*/fd/* ]] || { echo "\"$command\" finds: $who"; return 1; }
	freed() { report && found bpf_stats ok off; }
	for ((i = 0; i < 100; i++)); do
		! freed >/dev/null || return 0
		sleep 0.05
	done
	freed
}

cpu_folder='mount -t tmpfs tmpfs /sys/devices/system/cpu && cd /sys/devices/system/cpu && mkdir -p smt cpu0/cpufreq'
governor() { says "frequency governor" poor powersave "frequency-set -g performance" apart "$cpu_folder; echo powersave >cpu0/cpufreq/scaling_governor"; }
good_governor() { report apart "$cpu_folder; echo performance >cpu0/cpufreq/scaling_governor" && found "frequency governor" ok performance; }
smt() { says SMT poor on "echo off > /sys/devices/system/cpu/smt/control" apart "$cpu_folder; echo 1 >smt/active"; }

# A cloud guest, whose kernel offers no clock source of the TSC: that says nothing of either clock
guest='mount --bind $1/clocksources /sys/devices/system/clocksource/clocksource0/available_clocksource
	mount --bind $1/cpuinfo /proc/cpuinfo'
be_guest() {
	[[ $("$tool" doctor --json | jq .environment.emulated) == false ]] || { echo "an emulated counter is not judged"; return "$KSFT_SKIP"; }
	echo "kvm-clock" >"$work/clocksources"
	# UML's counter is its host's, whatever its clock source
	sed 's/User Mode Linux/some machine/' /proc/cpuinfo >"$work/cpuinfo"
}

clock() {
	be_guest || return
	report apart "$guest" && found "system's clock" ok . || return
	jq -e '.environment | .tsc.cpus >= 1 and .tsc.jumps == 0 and .tsc.seconds > 0.05 and .tsc.khz > 1e5
		and .tsc.drift_half_width > 0 and .tsc_usable and .validity != "invalid"' "$work/out" >/dev/null ||
		{ jq .environment "$work/out"; return 1; }
	case $(jq -r .environment.tsc.state "$work/out") in
	good) found TSC ok "MHz, steady within.* no clock source of it" ;;
	unsure) found TSC poor "could .*be told" dmesg ;;	# others have the CPUs
	*) jq .environment.tsc "$work/out"; return 1 ;;
	esac
}

# Neither rows that the system's clock times are invalid there, nor those of the TSC
clock_rows() {
	be_guest || return
	apart "$guest" "$tool" run table3 --quick --batches 2 --json "$work/rows.json" >/dev/null 2>&1
	jq -e '[.benches[].tables[].rows[]] | length > 3 and all(.validity != "invalid")' "$work/rows.json" >/dev/null ||
		{ jq -r '.benches[].tables[].rows[].reason' "$work/rows.json"; return 1; }
}

# What kind of CPU it is cannot be changed; what is said of it must fit
cpu() {
	report || return
	if [[ $(jq .environment.emulated "$work/out") == true ]]; then
		found CPU bad emulated KVM
	elif [[ $(jq '.environment.uml or .environment.hypervisor' "$work/out") == true ]]; then
		found CPU poor "spread by more than" "bare metal"
	else
		found CPU ok "bare metal"
	fi
}

cpus() {
	report || return
	if (($(nproc) == 1)); then
		found CPUs poor one "two or more"
	else
		found CPUs ok "^[0-9]+\$"
	fi
}

counters() {
	report || return
	if [[ $(jq .environment.hardware_counters "$work/out") == true ]]; then
		found "hardware counters" ok available
	else
		found "hardware counters" poor absent PMU
	fi
}

load() {
	local pids=() rc cpu

	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		while :; do :; done &
		pids+=($!)
	done
	says "other load" poor "busy for [0-9]+ %" "^top"
	rc=$?
	kill "${pids[@]}"
	wait "${pids[@]}" 2>/dev/null
	return $rc
}

no_tool() {
	mkdir -p "$work/empty"
	PATH=$work/empty "$tool" doctor --json >"$work/out"
	found "$1" poor "not found" "^apt-get install $1"
}

netdev() { basename "$(echo /sys/bus/pci/devices/*:40:00."$1"/net/*)"; }

# In use, as its address shows; the command frees it
mlx5_in_use() {
	local dev command rc

	[[ -d /sys/module/mlx5sim ]] || { echo "mlx5sim is not loaded"; return "$KSFT_SKIP"; }
	dev=$(netdev 1)
	ip addr add 192.0.2.1/24 dev "$dev"
	says "mlx5 netdevs" poor "$dev is in use.*over veth" "ip addr flush"
	rc=$?
	command=$(finding "mlx5 netdevs" fix)
	eval "${command//NETDEV/"$dev"}"
	((rc == 0)) && name="mlx5 netdevs" is_ok
}

# What makes a run invalid is bad here; the names of both lists
judged() {
	report || return
	local n

	n=$(jq '.checks | length' "$work/out")
	((n >= 23)) || { echo "only $n checks"; return 1; }
	[[ $(jq '[.checks[] | select(.state != "ok" and (.fix | length) == 0)] | length' "$work/out") == 0 ]] ||
		{ echo "a finding without a fix"; return 1; }
	if [[ $(jq -r .environment.validity "$work/out") != valid ]]; then
		[[ $(jq '[.checks[] | select(.state == "bad")] | length' "$work/out") -gt 0 ]] ||
			{ echo "the machine is not valid, and nothing is bad"; return 1; }
	fi
}

# The text has the same, and counts it
text() {
	local bad poor

	report || return
	bad=$(jq '[.checks[] | select(.state == "bad")] | length' "$work/out")
	poor=$(jq '[.checks[] | select(.state == "poor" and .name != "other load")] | length' "$work/out")
	"$tool" doctor >"$work/text"
	[[ $(grep -c '^bad ' "$work/text") == "$bad" ]] || { cat "$work/text"; return 1; }
	[[ $(grep '^poor ' "$work/text" | grep -vc 'other load') == "$poor" ]] || { cat "$work/text"; return 1; }
	(($(grep -c '^ .*fix: ' "$work/text") == $(grep -c '^\(bad\|poor\) ' "$work/text"))) || { cat "$work/text"; return 1; }
	tail -n 1 "$work/text" | grep -Eq "^[0-9]+ ok, [0-9]+ poor, $bad bad\$"
}

# Whatever ends the test
for module in hookcost_kfunc hookcost_native; do
	cleanups+=("[[ -d /sys/module/$module || ! -r '${HOOKCOST_MODULES:-}/$module.ko' ]] || insmod '${HOOKCOST_MODULES:-}/$module.ko'")
done

ktap_print_header
test_that "whatever is not ok has a fix, and what is not valid a cause" judged
test_that "the text says the same" text
test_that "root" not_root
test_that "debugfs, and the fix" debugfs
test_that "an unpatched kernel" unpatched
test_that "a patched one whose tables cannot be read" patched_unreadable
test_that "no hard-coded programs" no_twins
test_that "module hookcost_kfunc" module hookcost_kfunc
test_that "module hookcost_native" module hookcost_native
test_that "BTF" no_btf
test_that "JIT off, and the fix" setting net.core.bpf_jit_enable 0 "eBPF JIT" bad "off"
test_that "JIT hardened, and the fix" setting net.core.bpf_jit_harden 2 "eBPF JIT" poor "hardened \(2\)"
test_that "bpf_stats on, and the fix" setting kernel.bpf_stats_enabled 1 bpf_stats bad "every program is timed"
test_that "bpf_stats held by a process" stats_held
for option in KASAN KCSAN KMSAN PROVE_LOCKING DEBUG_ATOMIC_SLEEP DEBUG_KMEMLEAK KCOV; do
	test_that "$option" debug_option $option
done
test_that "a configuration that cannot be read" no_config
test_that "clocks where the kernel has kvm-clock alone" clock
test_that "rows there" clock_rows
test_that "CPU" cpu
test_that "CPUs" cpus
test_that "other load" load
test_that "frequency governor" governor
test_that "frequency governor: performance" good_governor
test_that "SMT" smt
test_that "hardware counters" counters
test_that "mlx5's netdevs in use, and the fix" mlx5_in_use
for command in sockperf iperf gnuplot; do
	test_that "no $command" no_tool $command
done
finish
