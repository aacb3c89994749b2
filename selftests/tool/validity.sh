#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each validity is provoked, and seen in the text, in the JSON and in the exit status; what
# is "not measured" for want of a module or of root is in tool_refuse.sh

source "$(dirname "$0")/lib.sh"
need_root
need_tool
need_patches
command -v jq >/dev/null || skip_all "needs jq"

json="$work/result.json"
bench=(table1 --samples 100 --batches 6 --device veth)

# The environment's validity without any of what follows
env_of() { "$tool" doctor --json | jq -r ".environment.$1"; }
machine=$(env_of validity)

ask() { jq -r "$1" "$json"; }

# in_json VALIDITY REGEX: of the environment, and of each row of the bench; no time is in it
in_json() {
	local other

	[[ $(ask .environment.validity) == "$1" ]] || { ask .environment; return 1; }
	ask .environment.reason | grep -Eq "$2" || { ask .environment.reason; return 1; }
	other=$(ask ".benches[].tables[].rows[] | select(.validity != \"$1\") | .key")
	[[ ! $other ]] || { echo "rows with another validity: $other"; return 1; }
	ask '.benches[].tables[].rows[].reason' | grep -Eqv "$2" && { echo "not every row says why"; return 1; }
	[[ $(ask '[.benches[].tables[] | .columns as $c | .rows[].cells | to_entries[] |
		select(.value | type == "number") | .key as $k |
		$c[] | select(.key == $k and .unit == "ns")] | length') == 0 ]] ||
		{ echo "a time is shown"; return 1; }
}

# The validity in the place of numbers, and below the table with its reason, over several lines perhaps
in_text() {
	[[ $1 == indicative ]] || grep -Eq "^ .* $1( |\$)" "$work/out" || { echo "no row says $1"; return 1; }
	tr -s ' \n' ' ' <"$work/out" | grep -Eq " $1 \([^:]*\): .*$2" || { cat "$work/out"; return 1; }
}

# judged VALIDITY REGEX COMMAND...: no row is measured: exit status 4
judged() {
	local validity=$1 regex=$2
	shift 2

	rm -f "$json"
	run "$KSFT_SKIP" "$@" --json "$json" || return
	said "nothing could be measured" || return
	in_json "$validity" "$regex" && in_text "$validity" "$regex"
}

# with_file FILE REPLACEMENT COMMAND...: which sees that one in its place
with_file() {
	unshare -m --propagation private bash -c 'mount --bind "$2" "$1" && shift 2 && exec "$@"' - "$@"
}

# with_sysctl NAME VALUE COMMAND...
with_sysctl() {
	local file=/proc/sys/${1//.//} value=$2 before rc
	shift 2

	before=$(<"$file")
	echo "$value" >"$file" || return "$KSFT_SKIP"
	"$@"
	rc=$?
	echo "$before" >"$file"
	return $rc
}

# A debug kernel says so itself; what it hides, others cannot show
unless_debug() {
	[[ $(env_of debug_options) == null ]] || { echo "a debug kernel"; return "$KSFT_SKIP"; }
	"$@"
}

debug_kernel() {
	[[ $(env_of debug_options) != null ]] || { echo "no debug kernel"; return "$KSFT_SKIP"; }
	judged invalid "debug kernel \(.*(KASAN|LOCKDEP|ATOMIC_SLEEP)" "$tool" run "${bench[@]}"
}

config_says() {
	{ zcat /proc/config.gz 2>/dev/null || echo CONFIG_HOOKCOST=y; echo "$1=y"; } | gzip >"$work/config.gz"
	[[ -e /proc/config.gz ]] || { echo "no /proc/config.gz"; return "$KSFT_SKIP"; }
	judged invalid "debug kernel \(.*${1#CONFIG_}" with_file /proc/config.gz "$work/config.gz" "$tool" run "${bench[@]}"
}

stats_on() {
	with_sysctl kernel.bpf_stats_enabled 1 judged invalid "bpf_stats_enabled is 1" "$tool" run "${bench[@]}"
}

# From right after the run's first look on: the next look is when the bench ends
stats_during() {
	local pid rc i

	rm -f "$json" "$work/out"
	"$tool" run table1 --samples 20000 --device veth --json "$json" >"$work/out" 2>"$work/err" &
	pid=$!
	for ((i = 0; i < 3000; i++)); do
		! has_header || break
		sleep 0.01
	done
	echo 1 >/proc/sys/kernel/bpf_stats_enabled
	wait $pid
	rc=$?
	echo 0 >/proc/sys/kernel/bpf_stats_enabled
	((rc == KSFT_SKIP)) || { echo "exit status $rc"; return 1; }
	grep -q "^Linux .*: $machine" "$work/out" || { echo "it was on too early"; head -n 1 "$work/out"; return 1; }
	in_json invalid "bpf_stats_enabled is 1" && in_text invalid "bpf_stats_enabled is 1"
}

stats_held() {
	local rc fd

	# the statistics end with the pipe
	exec {fd}> >(exec "$here/bpf_stats" >"$work/held")
	for ((i = 0; i < 500; i++)); do
		[[ ! -s $work/held ]] || break
		sleep 0.01
	done
	[[ $(<"$work/held") == on ]] || { echo "no statistics"; return 1; }
	judged invalid "BPF_ENABLE_STATS" "$tool" run "${bench[@]}"
	rc=$?
	exec {fd}>&-
	return $rc
}

jit_off() {
	with_sysctl net.core.bpf_jit_enable 0 judged invalid "bpf_jit_enable is 0" "$tool" run "${bench[@]}"
}

# Its rate is not the one that the kernel converts by: figure3 is timed by it, table3 is not
bad_tsc() {
	command -v sockperf >/dev/null || { echo "no sockperf"; return "$KSFT_SKIP"; }
	sed 's/^khz .*/khz 1000/' "$hooks/clock" >"$work/clock" || return
	rm -f "$json"
	run "$KSFT_SKIP" with_file "$hooks/clock" "$work/clock" "$tool" run figure3 --quick --device veth --json "$json" || return
	said "nothing could be measured" && in_text invalid "TSC drifts" || return
	[[ $(ask '[.benches[].tables[].rows[] | select(.validity != "invalid")] | length') == 0 ]] || { cat "$work/out"; return 1; }
	[[ $(ask .environment.validity) == valid && $(ask .environment.tsc.state) == bad ]] || { ask .environment; return 1; }
	sed 's/^khz .*/khz 1000/' "$hooks/clock" >"$work/clock"
	run 0 with_file "$hooks/clock" "$work/clock" "$tool" run table3 --quick --batches 2 --json "$json" || return
	[[ $(ask '.benches[0].clock') == system ]]
}

emulated() {
	[[ $(env_of emulated) == true ]] || { echo "the CPU is not emulated"; return "$KSFT_SKIP"; }
	judged emulated "the CPU is emulated" "$tool" run "${bench[@]}"
}

able() { [[ $machine == valid ]] || { echo "the machine is $machine: $(env_of reason)"; return "$KSFT_SKIP"; }; }

quick() {
	able || return
	run 0 "$tool" run "${bench[@]}" --quick --json "$json" || return
	[[ $(ask '[.benches[].tables[].rows[] | select(.validity == "valid")] | length') == 0 ]] ||
		{ echo "a row is valid"; return 1; }
	ask '.benches[].tables[].rows[].reason' | grep -q -- --quick || { echo "no reason"; return 1; }
	in_text indicative --quick
}

# Whoever only takes the CPU now and then is not seen: the best of several short batches counts.
# What takes longer than those is: a hook that somebody turns on, as each frame is stamped then.
noise() {
	local enable=/sys/kernel/debug/hookcost/enable

	trap 'echo none >$enable; exit' TERM
	while :; do
		echo all >$enable
		sleep "0.$((RANDOM % 4))"
		echo none >$enable
		sleep "0.$((RANDOM % 4))"
	done
}

# noisy [TRIES]: it may miss what is measured, but not each time
noisy() {
	local pid rc tries=${1:-5}

	able || return
	noise &
	pid=$!
	run 0 "$tool" run drop --device veth --batches 6 --json "$json"
	rc=$?
	kill $pid
	wait $pid 2>/dev/null
	((rc == 0)) || return
	if [[ $(ask 'any(.benches[].tables[].rows[]; .validity == "indicative" and any(.reasons[]; .code == "spread"))') != true ]]; then
		((tries > 1)) || { ask '.benches[].tables[].rows[] | [.key, .validity, .reason]'; return 1; }
		noisy $((tries - 1))
		return
	fi
	in_text indicative "spreads by more than 5 %"
}

# In good quiet some rows hold; as nobody can promise that, only their numbers are looked at
valid() {
	able || return
	run 0 "$tool" run table1 --samples 2000 --batches 6 --device veth --json "$json" || return
	[[ $(ask .environment.validity) == valid ]] || return
	[[ $(ask '[.benches[].tables[].rows[] | select((.validity == "valid" and .reason == "" or
		.validity == "indicative" and .reason != "") and
		([.cells[] | numbers] | length > 0))] | length') -gt 0 ]] || { cat "$work/out"; return 1; }
	[[ $(ask '[.benches[].tables[].rows[] | select(.validity == "valid")] | length') -gt 0 ]] ||
		{ echo "no row is valid: the machine is not quiet"; return "$KSFT_SKIP"; }
}

# few BATCHES JQ-CONDITION: of each row, whose numbers are there in any case
few() {
	able || return
	run 0 "$tool" run table3 --batches "$1" --json "$json" || return
	[[ $(ask '[.benches[].tables[].rows[]] | length') -gt 0 ]] || return
	ask ".benches[].tables[].rows[] | select((([.cells[] | numbers] | length) > 0 and ($2)) | not)" >"$work/others"
	[[ ! -s $work/others ]] || { cat "$work/others"; return 1; }
}
one_batch() { few 1 '.validity == "indicative" and .intervals == {}' && in_text indicative "too few batches"; }
five_batches() { few 5 '.validity == "indicative" and .intervals == {}'; }
six_batches() {
	few 6 '.intervals.with_loop | length == 2' || return
	! grep -q "too few batches" "$work/out" || { cat "$work/out"; return 1; }
}

no_patch() {
	HOOKCOST_DEBUGFS=$work/absent run "$KSFT_SKIP" "$tool" run "${bench[@]}" --json "$json" || return
	said "nothing could be measured" || return
	[[ $(ask '[.benches[].tables[].rows[] | select(.validity != "not measured")] | length') == 0 ]] || return
	in_text "not measured" "$work/absent"
}

ktap_print_header
test_that "valid" valid
test_that "indicative: --quick" quick
test_that "indicative: another process turns hooks on and off" noisy
test_that "indicative: one batch" one_batch
test_that "indicative: five batches" five_batches
test_that "an interval: six batches" six_batches
test_that "emulated: TCG" unless_debug emulated
test_that "invalid: a debug kernel" debug_kernel
for option in KASAN KCSAN PROVE_LOCKING DEBUG_KMEMLEAK; do
	test_that "invalid: the configuration has $option" config_says CONFIG_$option
done
test_that "invalid: bpf_stats on" unless_debug stats_on
test_that "invalid: bpf_stats turned on during the run" unless_debug stats_during
test_that "invalid: bpf_stats held by a process" unless_debug stats_held
test_that "invalid: JIT off" unless_debug jit_off
test_that "invalid: what a bad TSC has timed" unless_debug bad_tsc
test_that "not measured: no patches" no_patch
finish
