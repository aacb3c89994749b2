# SPDX-License-Identifier: GPL-2.0-only
# Sourced by the tests that are shell scripts: KTAP, a folder to work in, what must be there
# shellcheck shell=bash

set -u
unset CDPATH
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
hooks=/sys/kernel/debug/hookcost
tool=${HOOKCOST:-$(command -v hookcost)}

for helpers in "$here/.." "${KSRC:-}/tools/testing/selftests"; do
	helpers=$helpers/kselftest/ktap_helpers.sh
	[[ ! -r $helpers ]] || break
done
# shellcheck source=/dev/null
source "$helpers" || { echo "Bail out! no kselftest/ktap_helpers.sh; install the tests, or set KSRC"; exit 1; }

skip_all() {
	ktap_skip_all "$*"
	exit "$KSFT_SKIP"
}

need_root() { ((EUID == 0)) || skip_all "needs root"; }
need_command() {
	local name

	for name in "$@"; do
		command -v "$name" >/dev/null || skip_all "no $name: install it"
	done
}
need_tool() { [[ -x $tool ]] || skip_all "no hookcost tool: set HOOKCOST to its path"; }
# A stock kernel has neither; what needs no patch is tested there too
has_patches() { [[ -e $hooks/enable ]]; }
has_module() { [[ -d /sys/module/$1 ]]; }
need_patches() { has_patches || skip_all "no $hooks: the kernel lacks CONFIG_HOOKCOST"; }
# The netdev of mlx5sim's port $1, if it is in this namespace
netdev_of() {
	local path

	for path in /sys/bus/pci/devices/*:40:00."$1"/net/*; do
		[[ ! -e $path ]] || echo "${path##*/}"
	done
}

# mlx5's netdevs of a software ConnectX
need_sim() {
	need_module mlx5sim
	[[ $(netdev_of 1) ]] || skip_all "mlx5 has no netdevs of mlx5sim"
}
need_module() { has_module "$1" || skip_all "module $1 is not loaded"; }

work=$(mktemp -d)
cleanups=("rm -rf '$work'")
clean_up() {
	local i

	for ((i = ${#cleanups[@]} - 1; i >= 0; i--)); do
		eval "${cleanups[i]}"
	done
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

# test_that DESCRIPTION COMMAND...: one result; the command's output is shown if it fails
test_that() {
	local description=$1 text rc
	shift

	text=$("$@" 2>&1)
	rc=$?
	if ((rc == KSFT_SKIP)); then
		ktap_test_skip "$description: $text"
	elif ((rc)); then
		[[ -z $text ]] || sed 's/^/# | /' <<<"$text"
		ktap_test_fail "$description"
	else
		ktap_test_pass "$description"
	fi
}

# As many results as were planned, no matter how many; the last line of each test
finish() {
	KSFT_NUM_TESTS=$((KTAP_TESTNO - 1))
	echo "1..$KSFT_NUM_TESTS"
	ktap_finished
}

# run STATUS COMMAND...: with this exit status; its output to $work/out and $work/err
run() {
	local status=$1 rc
	shift

	"$@" >"$work/out" 2>"$work/err"
	rc=$?
	((rc == status)) || { echo "exit status $rc, not $status: $*"; tail -n 5 "$work/err"; return 1; }
}

# A debug kernel, or an emulated CPU: benches run, and no row is a measurement
hides_times() { "$tool" doctor | head -n 1 | grep -Eq ': (invalid|emulated), '; }

# as_long TURNS COMMAND...: what it prints are the nanoseconds of so many turns of a loop, as they
# take without eBPF: from the least to the 90th percentile of what other load makes of them, within
# 5 % and the 3 ns that a virtual machine may have in the bench truth
as_long() {
	local turns=$1 ns yardstick i
	shift

	! hides_times || return "$KSFT_SKIP"
	for ((i = 0; i < 5; i++)); do
		yardstick=$("$here/yardstick") || { echo "no yardstick for this CPU"; return "$KSFT_SKIP"; }
		ns=$("$@") || { echo "$ns"; return 1; }
		echo "$turns turns of $yardstick ns: $ns ns"
		jq -en --argjson ns "$ns" --argjson turns "$turns" --argjson per "[${yardstick/ /,}]" \
			'$ns >= 0.95 * $turns * $per[0] - 3 and $ns <= 1.05 * $turns * $per[1] + 3' >/dev/null && return
	done
	return 1
}

# A run whose output goes to $work/out has looked at the machine, and begins: its header is what it
# writes first
has_header() { [[ -s $work/out ]]; }

# run_to_end COMMAND...: a run of benches that comes to its end
run_to_end() {
	local status=0

	! hides_times || status=$KSFT_SKIP
	run "$status" "$@"
}

# said REGEX: what the last run has written to stderr is one line, and it matches
said() {
	local lines

	lines=$(wc -l <"$work/err")
	((lines == 1)) || { echo "$lines lines on stderr:"; head -n 10 "$work/err"; return 1; }
	grep -Eq -- "$1" "$work/err" || { echo "no \"$1\" in: $(<"$work/err")"; return 1; }
}

# A shell without job control ignores SIGINT for what it starts in the background, and what is
# ignored the tool ignores, too
# shellcheck disable=SC2034
interruptible=(env --default-signal=INT --default-signal=QUIT)

# await_every SECONDS TRIES COMMAND...: until it succeeds
await_every() {
	local tries

	for ((tries = $2; tries; tries--)); do
		! "${@:3}" || return 0
		sleep "$1"
	done
	return 1
}
# for ten seconds at least
await() { await_every 0.01 1000 "$@"; }

# The netdevs here, and which of them are up
netdevs() { ip -o link | awk '{ print $2, $3 ~ /[<,]UP[,>]/ ? "up" : "down" }' | sort | paste -sd ' '; }

# full_state NAMESPACE NETDEV...: all that is set on netdevs, and all routes, rules and sysctls of
# their namespace ("": this one). What changes by itself is left out; lifetimes are told roughly.
full_state() {
	local inside=()

	[[ ! $1 ]] || inside=(ip netns exec "$1")
	shift
	"${inside[@]}" bash -s "$@" <<-'EOF' | sed -E 's/[0-9]{3}sec/xxxsec/g; s/ refcnt [0-9]+//'
		for family in -4 -6; do
			printf '%s\n' 'route show table all' 'rule show' 'neigh show nud permanent' |
				ip "$family" -d -batch - | sort
		done
		ip nexthop show
		for netdev; do
			printf '%s\n' "link show $netdev" "addr show $netdev" | ip -d -batch -
			printf '%s\n' "qdisc show dev $netdev" "filter show dev $netdev" \
				"filter show dev $netdev ingress" "filter show dev $netdev egress" |
				tc -force -batch - 2>/dev/null
			for what in -k -l -g -c -a -x -n --show-priv-flags; do
				ethtool "$what" "$netdev" 2>/dev/null
			done
			grep -rs . "/sys/class/net/$netdev"/queues/*/{rps,xps}*
		done
		grep -rs . /proc/sys/net | grep -v -e _count: -e /route/ -e random
	EOF
}

# holds FILE BENCH [CHECK [ARG]]: a result file has that bench, and all is well with it by a check
# of result.jq, which knows ARG as $arg
holds() {
	local faults

	faults=$(jq -nr --arg bench "$2" --arg kernel "$(uname -r)" --arg arg "${4:-}" \
		"$(<"$here/result.jq") input | faults_of(${3:-sound}) |
		 (map(strings) | select(. != []) | \"faults:\", .[]) // (.[0] | objects | \"hidden:\", .hidden)" \
		"$1" 2>&1 || echo "it cannot be looked at")
	[[ $faults ]] || return 0
	echo "$faults"
	[[ $faults != hidden:* ]] || return "$KSFT_SKIP"
	return 1
}

# Nothing of the tool's is left on the machine
all_off() {
	has_patches || return 0
	[[ $(<"$hooks/enable") == none ]] || { echo "hooks on: $(<"$hooks/enable")"; return 1; }
	grep -qx 'active off' "$hooks/native" || { grep active "$hooks/native"; return 1; }
	[[ $(<"$hooks/device") == any ]] || { echo "device: $(<"$hooks/device")"; return 1; }
	grep -qx 'mode plain' "$hooks/clock" || { grep mode "$hooks/clock"; return 1; }
}
