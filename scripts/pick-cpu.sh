#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# pick-cpu.sh [N]: of the CPUs that we may use, the N-th, or that which has the least to do now

read -r -a allowed < <(awk '/^Cpus_allowed_list/ {
	n = split($2, part, ",")
	for (i = 1; i <= n; i++) {
		split(part[i], end, "-")
		for (cpu = end[1]; cpu <= (end[2] == "" ? end[1] : end[2]); cpu++)
			printf "%d ", cpu
	}
}' /proc/self/status)
n=${#allowed[@]}
((n)) || { echo "pick-cpu.sh: no Cpus_allowed_list in /proc/self/status" >&2; exit 1; }
if [[ ${1:-} || $n == 1 ]]; then
	echo "${allowed[${1:-0} % n]}"
	exit
fi
{ cat /proc/stat; sleep 0.1; cat /proc/stat; } | awk -v allowed="${allowed[*]}" '
	$1 ~ /^cpu[0-9]/ { idle[$1] = $5 + $6 - idle[$1] }
	END {
		n = split(allowed, cpu, " ")
		# the first ones have most of the interrupts
		for (i = n; i; i--)
			if (best == "" || idle["cpu" cpu[i]] > idle["cpu" best])
				best = cpu[i]
		print best
	}'
