#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Where make bench runs its benches, with made-up targets: in KTAP, on the host, in seconds
source "$(dirname "$0")/lib.sh"

run=$(mktemp -d "$cache/run/places-XXXXXX")
trap 'rm -rf "$run"' EXIT
tool=$out/userspace/hookcost
# the host's kernel has no patches here, whatever it has
export HOOKCOST_DEBUGFS=$run/absent
source "$top/scripts/bench-targets.sh"

number=0
bad=0
check() {
	local text

	((++number))
	if text=$("${@:2}" 2>&1); then
		echo "ok $number $1"
	else
		bad=1
		printf 'not ok %d %s\n%s\n' "$number" "$1" "$(sed 's/^/# | /' <<<"$text")"
	fi
}

# with PLACES BENCHES VALIDITY...: what run_all() runs, a line "TARGET: BENCH..." each; a validity
# "TARGET BENCH VALIDITY" is that of all its rows, which else are valid
with() {
	read -r -a places <<<"$1"
	read -r -a benches <<<"$2"
	judged=("${@:3}")
	results=() failed='' target=uml
	place_benches >"$run/said"
	run_all
}

run_on() {
	local on=$1 name validity file=$run/$1-${#results[@]}.json
	shift

	[[ $on == "${fails:-}" ]] && failed=$on
	echo "$on: $*"
	for name; do
		validity=valid
		for v in "${judged[@]}"; do
			[[ $v != "$on $name "* ]] || validity=${v#"$on $name "}
		done
		jq -n --arg name "$name" --arg v "$validity" '{name: $name, title: "", tables: [{key: "t",
			title: "", columns: [], rows: [{key: "a", label: "A", validity: $v, cells: {}},
			{key: "b", label: "B", validity: $v, cells: {}}]}]}'
	done | jq -s --arg on "$on" --argjson quick "${quick:-false}" '{schema: $schema, date: "2026", quick: $quick,
		environment: {target: $on, kernel: $on}, benches: .}' --arg schema "$("$tool" list --json | jq -r .schema)" >"$file"
	results+=("$file")
}

# runs LINES ARGUMENT...: what with() is to print, but for what the script says
runs() {
	local got

	got=$(with "${@:2}" | grep -v '^hookcost: ' || :)
	[[ $got == "$1" ]] || { echo "$got"; return 1; }
}

says_before() { (with "uml host" "table1 table4" >/dev/null; grep -q "own kernel .*namespaces.*: table4 " "$run/said"); }
says_nothing() { (with uml "table1 table4" >/dev/null; [[ ! -s $run/said ]]); }

merged() {
	(
		with "uml host" "table1 table3 table4" "uml table3 indicative" >/dev/null
		"$tool" merge -o "$run/merged.json" "${results[@]}" || exit
		[[ $(say_where "$run/merged.json") == *"host: table3 table4; uml: table1" ]]
	)
}

fails=
stops() { (fails=host; runs $'host: table4' "uml host" "table1 table4"); }
is_quick() { (quick=true; runs $'host: table4\numl: table1 table3' "uml host" "table1 table3 table4" "uml table3 indicative"); }

# chosen PLACES DEVICE ARGS
chosen() {
	(
		# whatever kernel this test belongs to
		places=(uml) debug=0
		DEVICE=$2
		read -r -a options <<<"${3:-}"
		choose_host >/dev/null
		[[ ${places[*]} == "$1" ]] || { echo "${places[*]}"; exit 1; }
	)
}

defaults() { (places=("$@"); default_benches | tr ' ' '\n' | grep -c 'table4\|figure3\|figure13'); }
default_is() { [[ $(defaults "${@:2}" || :) == "$1" ]]; }

echo "TAP version 13"
check "all in UML" runs "uml: table1 table4 figure3" uml "table1 table4 figure3"
check "it says so before" says_before
check "of UML it says nothing" says_nothing
check "system calls on the host, first" runs $'host: table4 figure3\numl: table1 table6' "uml host" "table1 table4 table6 figure3"
check "the patches and system calls in a VM" runs $'host: table4\numl: table6\nvm: table1' "uml host vm" "table1 table4 table6"
check "a figure by its name without a letter" runs "uml: figure14a figure14b" "uml host" figure14
check "what is not valid, on one that is as good" runs $'uml: table1 table3\nhost: table3' "uml host" "table1 table3" "uml table3 indicative" "uml table1 indicative"
check "only once" runs $'uml: table3\nhost: table3' "uml host" table3 "uml table3 invalid" "host table3 invalid"
check "--quick is no reason" is_quick
check "what is poor on the host does not go to UML" runs "host: table4" "uml host" table4 "host table4 indicative"
check "what has no number there does" runs $'host: table4\numl: table4' "uml host" table4 "host table4 invalid"
check "none after a failure" stops
check "merged, with the target of each" merged
check "the host not over another device" chosen uml mlx5
check "nor where instructions are counted" chosen uml '' "--quick --count-instructions"
if ((EUID == 0)) && unshare --pid --fork --mount --net true 2>/dev/null; then
	check "root has the host" chosen "uml host" ''
	check "over veth" chosen "uml host" veth
fi
if command -v qemu-system-x86_64 >/dev/null; then
	check "what tells whether KVM runs a guest, emulated" guest_runs tcg
else
	echo "ok $((++number)) what tells whether KVM runs a guest, emulated # SKIP no qemu-system-x86_64"
fi
check "the default list in UML" default_is 0 uml
check "and with the host" default_is 3 uml host
echo "1..$number"
exit "$bad"
