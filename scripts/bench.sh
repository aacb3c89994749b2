#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make bench: builds what is needed, runs the benches on the target, prints the tables
source "$(dirname "$0")/lib.sh"

read -r -a benches <<<"${BENCH:-table1 table3 table6 figure14a figure14b mlx5sim jitcheck}"
read -r -a options <<<"${ARGS:-}"
[[ ! ${DEVICE:-} ]] || options+=(--device "$DEVICE")
need_target
"$top/scripts/build.sh"

date=$(date +%Y%m%d-%H%M%S)
run=$cache/run/bench-$date
mkdir -p "$run"
args=(hookcost run "${benches[@]}" --json "$run/result.json" "${options[@]}")

# The same programs under the host kernel's JIT, for the guest to compare with
host=$run/host-jit.json
if [[ $target != host && " ${benches[*]} " == *" jitcheck "* ]]; then
	if ((EUID != 0)); then
		say "not root: no comparison with the host kernel's JIT"
	elif "$out/userspace/hookcost" run jitcheck --quiet --json "$host" >"$cache/logs/host-jit.log" 2>&1; then
		args+=(--baseline "$host")
	else
		say "no comparison with the host kernel's JIT: $(tail -n 1 "$cache/logs/host-jit.log")"
	fi
fi

# A clock that counts them is QEMU's
if [[ " ${options[*]} " == *" --count-instructions "* ]]; then
	[[ $target == vm ]] || die "--count-instructions: needs TARGET=vm"
	export VM_ICOUNT=1
fi

rc=0
"$top/scripts/boot-$target.sh" "$run" "${args[@]}" || rc=$?
if [[ -s $run/result.json ]]; then
	mv "$run/result.json" "$cache/results/$date.json"
	ln -sfn "$date.json" "$cache/results/latest.json"
	say "results: $cache/results/$date.json"
	if command -v gnuplot >/dev/null; then
		write_report "$cache/results/$date.json" || say "no report of them"
	else
		say "no report: gnuplot is not installed; later: make report"
	fi
fi
# a debug kernel, or an emulated CPU
if ((rc == 4)); then
	say "no row is a measurement: the tables say why, \"hookcost doctor\" on the target what to do"
	rm -rf "$run"
	exit 4
fi
((rc == 0)) || die "the benches ended with status $rc; console: $run/console.log"
rm -rf "$run"
