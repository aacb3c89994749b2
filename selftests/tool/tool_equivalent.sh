#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost equivalent: made-up runs of two kernels, in turns. Needs neither root nor the
# patches.

source "$(dirname "$0")/lib.sh"
need_tool

# made PAIRS PERCENT SPREAD [NAME=VALUE...]: files NNN.json, A B B A ..., in which the kernel
# with hookcost has PERCENT more packets per second, and each run is up to SPREAD % off
made() {
	local pairs=$1 percent=$2 spread=$3
	shift 3

	rm -f "$work"/*.json
	awk -v dir="$work" -v pairs="$pairs" -v percent="$percent" -v spread="$spread" \
		-v cpu=CPU -v bench=off -v release=6.12.9 -v verdict=valid -v interrupted=false \
		-v other=0 -v unit=Mpps "${@/#/-v}" '
	# the same sequence everywhere
	function noise() {
		seed = (seed * 1103515245 + 12345) % 2147483648
		return 2 * seed / 2147483648 - 1
	}
	function run(i, with, special) {
		file = sprintf("%s/%03d.json", dir, i)
		rate = 7 * (with ? 1 + percent / 100 : 1) * (1 + spread / 100 * noise())
		printf "{\"schema\": \"hookcost/1\", \"date\": \"2026-01-02T%02d:%02d:05Z\",", int(i / 60), i % 60 >file
		printf " \"interrupted\": %s,", special ? interrupted : "false" >file
		printf " \"environment\": {\"target\": \"uml\", \"patched\": %s,", with ? "true" : "false" >file
		printf " \"cpu\": \"%s\", \"kernel\": \"%s\",", special ? cpu : "CPU", special ? release : "6.12.9" >file
		printf " \"kernel_version\": \"#%d\"},", with >file
		printf " \"benches\": [{\"name\": \"%s\", \"device\": {\"kind\": \"veth\", \"driver\": \"veth\"},", special ? bench : "off" >file
		printf " \"tables\": [{\"key\": \"off\", \"title\": \"T\", \"columns\": [{\"key\": \"mpps\", \"head\": \"rate\", \"unit\": \"%s\"}],\n", unit >file
		printf " \"rows\": [{\"key\": \"xdp\", \"label\": \"XDP\", \"verdict\": \"valid\", \"reason\": \"\", \"cells\": {\"mpps\": 9}, \"raw\": {}},\n" >file
		printf "  {\"key\": \"tc\", \"label\": \"TC\", \"verdict\": \"%s\", \"reason\": \"why\", \"cells\": {\"mpps\": %.6f}, \"raw\": {}}]}]}]}\n", special ? verdict : "valid", rate >file
		close(file)
	}
	BEGIN {
		seed = 1
		for (p = 0; p < pairs; p++) {
			first = twice ? 1 : blocks ? p < pairs / 2 : p % 2
			second = twice ? 1 : blocks ? first : !first
			run(2 * p, first, 0)
			run(2 * p + 1, second, p == 3)
		}
	}'
}

# shows REGEX...: each on a line
shows() {
	local regex

	for regex; do
		grep -Eq -- "$regex" "$work/out" || { echo "no $regex"; cat "$work/out"; return 1; }
	done
}

# judged STATUS REGEX ARGUMENT...: of the runs that are there
judged() {
	local status=$1 regex=$2
	shift 2

	run "$status" "$tool" equivalent "$@" "$work"/*.json || return
	[[ ! -s $work/err ]] || { cat "$work/err"; return 1; }
	shows "$regex"
}

equal() { made 30 0 0.4 && judged 0 '^2 equivalent within 0.5 %, 0 differ by more, 0 not shown' && shows '^30 pairs'; }
slower() { made 30 -1 0.4 && judged 1 'TC .*-(0\.[89]|1\.[01])[0-9].*\[.*differs' && shows 'XDP .*equivalent' '^1 equivalent'; }
faster() { made 30 1 0.4 && judged 1 'TC .*\+(0\.[89]|1\.[01])[0-9].*\[.*differs'; }
noisy() { made 30 0 8 && judged 4 'TC .*not shown' && shows 'about [0-9]+ pairs might decide it'; }
noisy_slower() { made 30 -1 6 && judged 4 'TC .*not shown'; }
wider() { made 30 -1 0.4 && judged 0 '^2 equivalent within 2 %' --within 2; }
fewer() { made 12 0 0.4 && judged 0 '^12 pairs' --pairs 12; }

# As noisy, but the mean of ten is a third as far off
groups() {
	made 300 0 6 && judged 4 'TC .*not shown' --pairs 30 || return
	judged 0 '^2 equivalent' --within 1.2 --pairs 30 --group 10 && shows '^300 pairs' '^30 groups of 10 pairs in a row' || return
	judged 4 'groups might decide it' --within 0.4 --pairs 30 --group 10 || return
	run 4 "$tool" equivalent --group 11 --pairs 30 "$work"/*.json && said '27 groups of runs are too few: 30'
}

as_json() {
	made 30 -1 0.4 && run 1 "$tool" equivalent --json "$work"/*.json || return
	jq -e '.schema == "hookcost/2" and .within == 0.5 and .runs == 60 and .verdict == "differs" and
		.kernel_with.kernel_version == "#1" and .kernel_without.kernel_version == "#0" and
		(.rows | length == 2) and .rows[0].verdict == "equivalent" and (.rows[1] |
		.row == "tc" and .pairs == 30 and (.ratios | length == 30) and .verdict == "differs" and
		.low < .percent and .percent < .high and .high < -0.5 and .with < .without and
		.p < 0.05 and .control.pairs == 29 and .control.across == 29 and
		.control.low <= 0 and .control.high >= 0)' "$work/out" >/dev/null ||
		{ cat "$work/out"; return 1; }
}

# The order on the command line does not count
shuffled() {
	local files

	made 30 0 0.4 || return
	mapfile -t files < <(printf '%s\n' "$work"/*.json | sort -r)
	run 0 "$tool" equivalent "${files[@]}" && shows '^2 equivalent'
}

odd() {
	made 31 0 0.4 || return
	rm "$work/061.json"
	judged 0 '060.json has no partner' && shows '^30 pairs'
}

# One run without a number takes its pair with it
gap() {
	made 31 0 0.4 verdict=invalid && judged 0 'TC .*equivalent' || return
	made 30 0 0.4 verdict=invalid && judged 4 '29 pairs have a number, 1 have none: why'
}

# Instructions hold on an emulated CPU; its times do not, and have no number
instructions() {
	made 6 1 0 unit=instructions verdict=emulated &&
		judged 1 'TC +7 +7\.07 +\+1\.00 .*differs' --pairs 5 && shows 'XDP .*equivalent' '^off: rate, instructions' || return
	made 7 1 0 verdict=emulated && judged 1 'TC .*differs' --pairs 5 || return
	made 5 1 0 verdict=emulated && judged 4 '4 pairs have a number, 1 have none: why' --pairs 5
}

# One of two rows: 1/32 twice is more than 5 %, 1/64 twice is not
corrected() {
	made 5 1 0 && judged 4 'TC .*not shown' --pairs 5 && shows 'Holm' || return
	run 4 "$tool" equivalent --pairs 5 --json "$work"/*.json || return
	jq -e '.verdict == "not shown" and (.rows[1] | .verdict == "not shown" and .low > 0.5 and
		.p == 0.0625)' "$work/out" >/dev/null || { cat "$work/out"; return 1; }
	made 6 1 0 && judged 1 'TC .*differs' --pairs 5
}

# refused STATUS REGEX PAIRS [NAME=VALUE...]
refused() {
	local status=$1 regex=$2 pairs=$3
	shift 3

	made "$pairs" 0 0.4 "$@" && run "$status" "$tool" equivalent "$work"/*.json || return
	[[ ! -s $work/out ]] || { cat "$work/out"; return 1; }
	said "$regex"
}

# broken REGEX COMMAND...: after the command has spoilt a file
broken() {
	local regex=$1
	shift

	made 30 0 0.4 && "$@" && run 1 "$tool" equivalent "$work"/*.json "$work/001.json" || return
	said "$regex"
}

# wrong REGEX ARGUMENT...
wrong() {
	local regex=$1
	shift

	run 1 "$tool" equivalent "$@" && said "$regex" && grep -q -- --help "$work/err"
}

command -v jq >/dev/null || skip_all "no jq: install it"
ktap_print_header
test_that "equal" equal
test_that "1 % slower" slower
test_that "1 % faster differs as well" faster
test_that "equal, but too noisy to show it" noisy
test_that "1 % slower, but too noisy to show it" noisy_slower
test_that "--within" wider
test_that "--pairs" fewer
test_that "--group" groups
test_that "--json" as_json
test_that "a difference in one of several rows, by chance" corrected
test_that "files in any order" shuffled
test_that "the last run has no partner" odd
test_that "a run without a number" gap
test_that "instructions, on an emulated CPU" instructions
test_that "too few pairs" refused 4 "^hookcost: 29 pairs of runs are too few: 30 are needed" 29
test_that "another machine" refused 1 "not of one machine.*\"cpu\"" 30 cpu=Another
test_that "another bench" refused 1 "different benches: off, drop" 30 bench=drop
test_that "a third kernel" refused 1 "two kernels, both with" 30 release=6.12.10
test_that "interrupted" refused 1 "007.json.*interrupted" 30 interrupted=true
test_that "the same kernel twice" refused 1 "the same kernel in all 60 runs: none is of one without" 30 twice=1
test_that "not in turns" refused 1 "not in turns: .*000.json and .*001.json are the runs 1 and 2" 30 blocks=1
test_that "one file twice" broken "001.json and .*001.json begin in the same second" true
test_that "a missing file" broken "cannot read .*001.json" rm "$work/001.json"
test_that "a truncated file" broken "001.json.*cut off" truncate -s -20 "$work/001.json"
test_that "no file" wrong "files"
test_that "one file" wrong "files" "$work/000.json"
test_that "--within 0" wrong "within.*\"0\"" --within 0 a b
test_that "--within, a word" wrong "within.*\"few\"" --within few a b
test_that "--group 0" wrong "group.*\"0\"" --group 0 a b
test_that "--pairs 4" wrong "pairs.*\"4\"" --pairs 4 a b
finish
