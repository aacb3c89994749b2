#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make bench: builds what is needed, runs the benches on the target, prints the tables.
# TARGET=best: each where its times mean most, see bench-targets.sh.
source "$(dirname "$0")/lib.sh"

source "$top/scripts/arguments.sh"

check_benches
parse_args
need_target
"$top/scripts/build.sh"

date=$(date +%Y%m%d-%H%M%S)
run=$cache/run/bench-$date
tool=$out/userspace/hookcost
mkdir -p "$run"
source "$top/scripts/bench-targets.sh"
places=("$target")
((!best)) || choose_host
read -r -a benches <<<"${BENCH:-$(default_benches)}"
((!best)) || choose_vm
place_benches

# The same programs under the host kernel's JIT, for the guest to compare with
baseline=
if [[ $baseline_file ]]; then
	cp -- "$baseline_file" "$run/baseline.json"
	baseline=$run/baseline.json
elif [[ $target != host && " ${!first[*]} " == *" jitcheck "* ]]; then
	if ((EUID != 0)); then
		say "not root: no comparison with the host kernel's JIT"
	elif "$tool" run jitcheck --quiet --json "$run/host-jit.json" >"$cache/logs/host-jit.log" 2>&1; then
		baseline=$run/host-jit.json
	else
		say "no comparison with the host kernel's JIT: $(tail -n 1 "$cache/logs/host-jit.log")"
	fi
fi

# A clock that counts them is QEMU's
if [[ " ${options[*]} " == *" --count-instructions "* ]]; then
	[[ $target == vm ]] || die "--count-instructions: needs TARGET=vm"
	export VM_ICOUNT=1
fi

rc=4 failed='' unwritten=
results=()
# run_on TARGET BENCH...: their results are one more of the files in results
run_on() {
	local on=$1 one=0 dir=$run/$1-${#results[@]} args
	shift

	mkdir -p "$dir"
	args=(hookcost run "$@" --json "$dir/result.json" "${options[@]}")
	# a guest has no other folder for it
	if [[ $baseline ]] && [[ $baseline_file || $on != host || $target == host ]]; then
		cp "$baseline" "$dir/baseline.json"
		args+=(--baseline "$dir/baseline.json")
	fi
	# of one bench the tables are what was asked for
	((${#benches[@]} == 1)) || args+=(--text "$dir/tables.txt")
	if [[ $on == host && $target != host ]]; then
		host_boot "$dir" "${args[@]}" --device veth || one=$?
	else
		"$top/scripts/boot-$on.sh" "$dir" "${args[@]}" || one=$?
	fi
	[[ ! -s $dir/result.json ]] || results+=("$dir/result.json")
	((${#benches[@]} > 1)) || cp "$dir/output" "$dir/tables.txt" 2>/dev/null || :
	[[ ! -s $dir/tables.txt ]] || cat "$dir/tables.txt" >>"$run/tables.txt"
	((one == 4)) || [[ $failed ]] || rc=$one
	((one == 0 || one == 4)) || failed=${failed:-$dir/console.log}
}

run_all
result=$cache/results/$date.json
if ((${#results[@]} > 1)); then
	"$tool" merge -o "$result" "${results[@]}" || die "the results are left in $run"
	say_where "$result"
elif ((${#results[@]})); then
	mv "${results[0]}" "$result"
fi
# The screen that all of it ends with, and where the rest is
show() {
	local text=${result%.json}.txt columns=

	! on_terminal || columns=$(tput cols 2>/dev/null) || :
	echo
	COLUMNS=$columns "$tool" summary "$result" || :
	echo
	if [[ -s $run/tables.txt ]]; then
		mv "$run/tables.txt" "$text"
		((${#results[@]} < 2)) || { echo; "$tool" findings "$result"; } >>"$text" || :
		say "all tables, and what the paper observes: $text (hookcost run --verbose prints them)"
	fi
	say "results: $result"
	if ! command -v gnuplot >/dev/null; then
		say "no report: gnuplot is not installed; later: make report"
	else
		write_report "$result" || say "no report of them"
	fi
}

if ((${#results[@]})); then
	ln -sfn "$date.json" "$cache/results/latest.json"
	show
	# into the file that is there, whoever has it open
	[[ ! $json_file ]] || cat "$result" >"$json_file" ||
		unwritten="--json $json_file: not written, but the results are in $result"
	[[ ! $text_file || ! -e ${result%.json}.txt ]] || cat "${result%.json}.txt" >"$text_file" ||
		unwritten="--text $text_file: not written, but the tables are in ${result%.json}.txt"
fi
[[ ! $failed ]] || die "the benches ended with status $rc; console: $failed"
rm -rf "$run"
[[ ! $unwritten ]] || die "$unwritten"
# a debug kernel, or an emulated CPU
if ((rc == 4)); then
	say "no row is a measurement: the tables say why, \"hookcost doctor\" on the target what to do"
	exit 4
fi
