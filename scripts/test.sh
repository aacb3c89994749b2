#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make test: static checks and unit tests on the host, selftests on the target (TESTS=...).
# The last line is "N passed, N failed, N skipped".
source "$(dirname "$0")/lib.sh"
source "$top/scripts/arguments.sh"

check_tests
[[ ! ${ONLY:-} || $ONLY == target ]] || die "ONLY=$ONLY: there is target, which leaves out what is tested on this machine"
need_target
run=$cache/run/test-$(date +%Y%m%d-%H%M%S)
ktap=$run/ktap
mkdir -p "$ktap"
doing="build"

# Whatever happens, the sum comes last
finish() {
	local rc=$?

	trap - EXIT
	((rc == 0)) || printf 'not ok 1 %s # status %d\n' "$doing" "$rc" | tee "$ktap/0-failed"
	if awk -f "$top/scripts/ktap-sum.awk" "$ktap"/*; then
		rm -rf "$run"
		exit 0
	fi
	exit 1
}
trap finish EXIT

# judge FILE STATUS: failures are counted from the output; a status that it does
# not explain is one more
judge() {
	(($2 == 0)) || grep -qE '^(# |  )*not ok' "$1" ||
		printf 'not ok 1 %s # status %d\n' "$doing" "$2" | tee "$1.status"
}

# part FILE NAME COMMAND...: of the tests that need no guest. They run beside the guests, so
# the output is shown in one piece.
part() {
	local file=$ktap/$1 rc=0 begin=$SECONDS

	doing=$2
	"${@:3}" >"$file" 2>&1 </dev/null || rc=$?
	echo "# $doing took $((SECONDS - begin)) s" >>"$file"
	cat "$file"
	judge "$file" "$rc"
}

also="test" "$top/scripts/build.sh"
find_llvm

doing="TESTS"
# In an emulated VM, where all of them take hours, those that go through each patch and each
# module on x86-64 and several CPUs
vm_tests="debugfs stamps order device forward sk_skb toggle native native_result kfunc kfunc_reject module
	mlx5_paths mlx5_native virtio_paths virtio_native mlx5sim_xdp mlx5sim_cmd mlx5sim_arfs mlx5sim_account
	mlx5sim_link.sh smp_native bench_table3.sh"
names=${TESTS:-}
[[ $names || $target != vm || $variant == vm-debug ]] || names=$vm_tests
have=$(<"$out/selftests/install/kselftest-list.txt")
if [[ ! $names || $names == all ]]; then
	wanted=$have
else
	wanted=
	for name in $names; do
		# bench_off is bench_off.sh
		! grep -qFx "hookcost:$name.sh" <<<"$have" || name+=.sh
		grep -qFx "hookcost:$name" <<<"$have" ||
			die "no such test: $name; tests: ${have//hookcost:/}"
		wanted+=${wanted:+$'\n'}hookcost:$name
	done
fi

# Tests of the tool that are about its command line, files and texts, whatever the kernel: they
# run on this machine, which starts processes many times faster than a guest, if it lets them
on_host="tool_usage.sh tool_report.sh tool_summary.sh tool_findings.sh tool_compare.sh tool_equivalent.sh"
# host_guest COMMAND...: with the target's build, away from this machine's network
host_guest() {
	local name=$1
	shift

	mkdir -p "$run/$name"
	HOST_OUT=$out "$top/scripts/boot-host.sh" "$run/$name" \
		unshare --net --mount "$top/scripts/host-netns.sh" "$@"
}

take_to_host() {
	local name took=

	[[ $target != host && $debug == 0 ]] || return 0
	for name in $on_host; do
		! grep -qFx "hookcost:$name" <<<"$wanted" || took+=" -t hookcost:$name"
	done
	[[ $took ]] && ((EUID == 0)) || return 0
	# one that may not use BPF, or has no namespaces, leaves them to the guest
	host_guest probe hookcost run table3 --quick --batches 2 >/dev/null 2>&1 || return 0
	read -ra host_tests <<<"$took"
	wanted=$(grep -vFx "${took// -t /$'\n'}" <<<"$wanted") || wanted=
}

host_parts() {
	trap - INT TERM HUP
	if ((${#host_tests[@]})); then
		part 2-tool "tool, on this machine" host_guest tool \
			"$out/selftests/install/run_tests.sh" -o "$test_limit" "${host_tests[@]}"
	fi
	part 1-static "static checks" "$top/scripts/check.sh"
	part 2-unit "unit tests" userspace_make -s check
	part 2-targets "targets" "$top/scripts/test-targets.sh"
	part 2-scripts "scripts" "$top/scripts/test-scripts.sh"
	part 2-totals "totals" "$top/scripts/test-totals.sh"
	if [[ $target != host && $debug == 0 ]]; then
		part 2-recovery "recovery" "$top/scripts/test-recover.sh"
	fi
	if [[ $target == uml && $debug == 0 ]]; then
		part 2-shell "shell" env HOOKCOST_BUILT=1 "$top/scripts/test-shell.sh"
		part 2-skb "size of struct sk_buff" "$top/scripts/check-skb.sh"
		part 2-poke "code that is changed" "$top/scripts/check-poke.sh"
	fi
	if [[ $debug == 0 ]]; then
		part 2-sites "sites while off" "$top/scripts/check-sites.sh"
	fi
}

# Ctrl-C is for all of them; a shell's background commands do not see it
end_all() {
	[[ ! $host_pid ]] || kill -TERM -- "-$host_pid" 2>/dev/null || :
	pkill -TERM -f "boot-$target.sh $run/" || :
}

wait_for_host_parts() {
	doing="tests on this machine"
	if [[ $host_pid ]]; then
		while ! wait "$host_pid" && kill -0 "$host_pid" 2>/dev/null; do :; done
		wait "$host_pid"
		host_pid=
	fi
}

host_tests=()
host_pid=
trap end_all INT TERM HUP
if [[ ${ONLY:-} != target ]]; then
	take_to_host
	# a job with a process group of its own
	set -m
	host_parts &
	host_pid=$!
	set +m
fi
# what it leaves on this machine is looked for
[[ $target != host ]] || wait_for_host_parts

# guest NAME COMMAND...: one boot of the target; its output is judged
guest() {
	local name=$1 rc=0
	shift

	mkdir -p "$run/$name"
	"$top/scripts/boot-$target.sh" "$run/$name" "$@" || rc=$?
	# the other guests had taken every test before this one was up
	[[ $rc != 4 || ! ${BOOT_QUEUE:-} || -s $run/$name/output ]] || return 0
	cp "$run/$name/output" "$ktap/3-$name" || :
	((rc != 4)) || rc=0	# all skipped
	judge "$ktap/3-$name" "$rc"
}

# UML has one CPU, and QEMU without KVM may have one thread, so there is a guest for each of the
# machine's, up to four, as far as the memory goes; each takes the next test from a list that
# they share
guests() {
	local n name pids=() kb=1600000

	((!debug)) || [[ $target != vm ]] || kb=3500000
	n=$(awk -v kb="$kb" '/^MemAvailable/ { print int($2 / kb) }' /proc/meminfo)
	((n <= jobs)) || n=$jobs
	((n <= 4)) || n=4
	((n >= 1)) || n=1
	mkdir "$run/queue"
	# the longest first, so that they end together
	{
		printf 'hookcost:%s\n' mlx5sim_{upstream,reload,modules,recover}.sh
		echo "$wanted"
	} | grep -Fx "$wanted" | awk '!seen[$0]++' >"$run/queue/tests"
	export BOOT_QUEUE=$run/queue
	for ((; n; n--)); do
		BOOT_CPU=$n guest "target-$n" "$top/scripts/guest-tests.sh" "$run/queue" -o "$test_limit" &
		pids+=($!)
	done
	while ! wait "${pids[@]}" && kill -0 "${pids[@]}" 2>/dev/null; do :; done
	unset BOOT_QUEUE
	for name in $wanted; do
		[[ -d $run/queue/$name ]] || exit 125	# nobody took it
	done
}

doing="selftests on the target"
if [[ ! $wanted ]]; then
	say "no test is left for the target"
elif [[ $target == host ]]; then
	"$top/scripts/host-state.sh" >"$run/before"
	# they have no business with this machine's own network
	# shellcheck disable=SC2086 # one option per test
	guest target unshare --net --mount "$top/scripts/host-netns.sh" \
		"$out/selftests/install/run_tests.sh" -o "$test_limit" ${wanted//hookcost:/-t hookcost:}
else
	guests
fi

# Exact where the clock counts instructions, which takes another boot
if [[ $target == vm && $debug == 0 && ! ${TESTS:-} ]]; then
	doing="instructions"
	VM_ICOUNT=1 guest icount "$out/selftests/install/run_tests.sh" -o "$test_limit" \
		-t hookcost:bench_instructions.sh
fi

wait_for_host_parts

# none NAME TEXT: fails if there is a text, and shows it
none() {
	if [[ $2 ]]; then
		printf 'not ok 1 %s\n%s\n' "$1" "$(sed 's/^/# | /' <<<"$2")"
	else
		printf 'ok 1 %s\n' "$1"
	fi
}

doing="kernel log of the target is clean"
for log in "$run"/*target*/ "$run"/icount/; do
	[[ ! -d $log || -s $log/dmesg ]] || exit 125
done
# pktgen's own word for a netdev that goes while it sends, as in device_traffic.sh, is no splat
none "$doing" "$(grep -hE 'WARNING: |BUG: |Oops|Call Trace' "$run"/*target*/dmesg "$run"/icount/dmesg 2>/dev/null |
	grep -vE 'pktgen: WARNING: trying to remove a running interface|BUG: KCSAN: ')" |
	tee "$ktap/4-log"

if [[ $target == host ]]; then
	doing="nothing is left on this machine"
	left=$("$top/scripts/host-state.sh" "$run/before")
	none "$doing" "$left" | tee "$ktap/5-left"
fi

if [[ $variant == *-kcsan ]]; then
	doing="KCSAN finds no data race of hookcost's"
	# its own test at boot says that it is there, and finds races
	for log in "$run"/target-*/; do
		grep -qE 'kcsan: selftest: ([0-9]+)/\1 tests passed' "$log/dmesg" || exit 125
	done
	# functions that the patches define
	added=$(sed -nE 's/^\+[a-z][a-z0-9_ *]*[ *]([a-z0-9_]+)\(.*[^;]$/\1/p' "$series"/net/*.patch |
		sort -u | tr '\n' ' ') || die "no patches in $series/net"
	races=(awk -f "$top/scripts/kcsan.awk" -v added="$added" -v known="$top/scripts/kcsan.txt")
	"${races[@]}" -v own=1 "$run"/target-*/dmesg
	none "$doing" "$("${races[@]}" "$run"/target-*/dmesg)" | tee "$ktap/5-races"
elif ((debug)); then
	doing="kmemleak finds no leak on the target"
	if [[ $target == uml ]]; then
		printf 'ok 1 %s # SKIP there is no kmemleak on UML, see config/vm-debug.config\n' "$doing" |
			tee "$ktap/5-leaks"
		exit
	fi
	for log in "$run"/target-*/; do
		[[ -e $log/kmemleak ]] || exit 125
	done
	none "$doing" "$(awk -f "$top/scripts/leaks.awk" "$run"/target-*/kmemleak)" | tee "$ktap/5-leaks"
fi
