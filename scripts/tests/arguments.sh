#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: what a user can get wrong on make's command line is one line, before
# anything is built; and files that he names are his, wherever the benches run
# shellcheck disable=SC2154

# This tree, but what builds, boots and installs only says that it has been called
mkdir tree && ln -s "$top"/* tree/ && rm tree/scripts && cp -a "$top/scripts" tree/
for name in build deps kernel-src kernel-plain boot-host boot-vm; do
	printf '#!/bin/sh\necho "%s has been called"\nexit 77\n' "$name" >"tree/scripts/$name.sh"
done

in_tree() { make -s -C "$work/arguments/tree" TARGET=uml "$@"; }
# one_line WORD ARGUMENT...: make refuses, in a line that has the word, and nothing was begun
one_line() { has=$1 refused in_tree "${@:2}"; }
# make's own words, where the Makefile refuses
stops() {
	local text

	! text=$(in_tree "${@:2}" 2>&1) || return
	[[ $text == *"hookcost: "*"$1"* && $text != *$'\n'* && $text != *"been called"* ]] || { echo "$text"; return 1; }
}

test_that "an unknown bench" one_line table9 bench BENCH="table3 table9"
test_that "a glob for a bench" one_line '"*"' bench 'BENCH=*'
test_that "an unknown test" one_line nosuch test TESTS="stamps nosuch"
test_that "an unknown part of the tests" one_line "ONLY=guest" test ONLY=guest
test_that "an unknown option" one_line --foo bench ARGS=--foo
test_that "an option without its argument" one_line --batches bench ARGS=--batches
test_that "an option that may be two" one_line ambiguous bench ARGS=--b
test_that "a bench among the options" one_line table3 bench ARGS="--quick table3"
test_that "quotes that do not end" one_line quote bench ARGS="--json 'a"
test_that "a file in no folder" one_line "$PWD/absent/x" bench ARGS="--json $PWD/absent/x"
test_that "a folder for the tables" one_line "$PWD" bench ARGS="--text=$PWD"
test_that "a folder for a file" one_line "$PWD" bench ARGS="--json=$PWD"
test_that "standard output for a file" one_line "name a file" bench ARGS="-j -"
test_that "a baseline that is not there" one_line "$PWD/absent" bench ARGS="--baseline $PWD/absent"
test_that "a file of make bench-off" one_line off-DATE bench-off ARGS="--json $PWD/x"
test_that "a device that no guest has" one_line TARGET=host bench DEVICE=ens1f0
test_that "the same among the options" one_line TARGET=host bench ARGS="--device ens1f0"
test_that "a netdev that this machine has not" one_line "no such netdev" bench DEVICE=nosuch0 TARGET=host
test_that "a target" one_line TARGET=umm bench TARGET=umm
test_that "DEBUG" one_line DEBUG=2 test DEBUG=2
test_that "CONFIG" one_line CONFIG=distra bench-off CONFIG=distra
test_that "RUNS" one_line RUNS=few bench-off RUNS=few
test_that "BOOTS" one_line BOOTS=0 bench-off BOOTS=0
test_that "LAYOUT" one_line LAYOUT=x bench-off LAYOUT=x
test_that "FROM" one_line FROM=x check-series FROM=x
test_that "TEST_LIMIT" one_line TEST_LIMIT=1h test TEST_LIMIT=1h
for name in JOBS UML_MEM VM_MEM VM_CPUS; do
	test_that "$name" one_line "$name=lots" bench "$name=lots"
done
test_that "VM_ACCEL" one_line VM_ACCEL=x bench VM_ACCEL=x
test_that "LLVM, no number" one_line LLVM=clang bench LLVM=clang
test_that "a clang that is not there" one_line clang-99 bench LLVM=-99
test_that "KSRC, no folder" one_line "$PWD/absent" bench KSRC="$PWD/absent"
test_that "KSRC, no kernel tree" one_line "$PWD" patch KSRC="$PWD"
test_that "patch without KSRC" one_line KSRC= patch
test_that "KSRC_TARBALL" one_line "$PWD/absent" bench KSRC_TARBALL="$PWD/absent"
test_that "KDIR" one_line "$PWD/absent" modules_install KDIR="$PWD/absent"
test_that "KCONFIG" one_line "$PWD/absent" kernel-deb KCONFIG="$PWD/absent"
test_that "a variable with a slip of the pen" stops TARGTE bench TARGTE=vm
test_that "a target with a slip of the pen, behind another" stops bnech help bnech
test_that "a bench for a target" stops "BENCH" help table1

if ((EUID == 0)) && unshare --pid --fork --mount true 2>/dev/null; then
	confined() { has=CAP_SYS_ADMIN refused setpriv --bounding-set -sys_admin make -s -C "$work/arguments/tree" bench TARGET=host; }
	test_that "TARGET=host without CAP_SYS_ADMIN" confined
else
	skip "TARGET=host without CAP_SYS_ADMIN" "needs it, to see that it is missing"
fi
if ((EUID == 0)) && setpriv --reuid 65534 --clear-groups test -x "$top/scripts/bench.sh"; then
	nobody() { chmod 777 "$work/arguments" && has=root refused setpriv --reuid 65534 --clear-groups env HOOKCOST_CACHE="$work/arguments/nobody" \
		make -s -C "$work/arguments/tree" bench TARGET=host; }
	test_that "TARGET=host without root" nobody
else
	skip "TARGET=host without root" "needs root, in folders that all can enter"
fi

# From here on a build succeeds, and the guest writes results
printf '#!/bin/sh\n' >tree/scripts/build.sh
cat >tree/scripts/boot-uml.sh <<'END'
#!/bin/bash
printf '%s\n' "$@" >"$HOOKCOST_CACHE/boot"
echo tables >"$1/output"
while (($#)); do
	[[ $1 != --json ]] || echo results >"$2"
	[[ $1 != --baseline ]] || cp "$2" "$HOOKCOST_CACHE/baseline"
	shift
done
END
tool=$HOOKCOST_CACHE/build/uml-out/userspace/hookcost
"$top/scripts/report.sh" >/dev/null 2>&1 || :	# makes the cache
mkdir -p "${tool%/*}"
printf '#!/bin/sh\n[ "$1" != list ] || echo "table3 uml"\n' >"$tool"
chmod +x "$tool"

bench() { in_tree bench BENCH=table3 "$@"; }
json() { bench ARGS="--quick --json '$PWD/mine & yours'" && [[ $(<"mine & yours") == results ]]; }
text() { bench ARGS="--text '$PWD/my tables'" && [[ $(<"my tables") == tables ]]; }
kept_mode() {
	echo old >linked && chmod 640 linked && ln -s linked link && bench ARGS="-j$PWD/link" &&
		[[ -L link && $(<linked) == results && $(stat -c %a linked) == 640 ]]
}
baseline() { echo before >before && bench ARGS="--baseline=$PWD/before" && [[ $(<"$HOOKCOST_CACHE/baseline") == before ]]; }
options() { bench ARGS="-Qb 10 -d eth1" && [[ $(tr '\n' ' ' <"$HOOKCOST_CACHE/boot") == *" --quick --batches 10 --device eth1 " ]]; }
one_after_another() {
	printf '#!/bin/sh\nsleep 0.2\necho built\n' >tree/scripts/bench.sh && printf '#!/bin/sh\necho reported\n' >tree/scripts/report.sh &&
		[[ $(in_tree -j2 bench report) == built$'\n'reported ]]
}

test_that "--json: the file is there, with a space and a &" json
test_that "--text, too" text
test_that "--json: a link stays one, and the file's mode" kept_mode
test_that "--baseline reaches the guest" baseline
test_that "options come to the tool, by their long names" options
# The tool that has been built, where there is one, knows the same
real_tool=$real/build/uml-out/userspace/hookcost
if [[ -x $real_tool ]]; then
	source "$top/scripts/arguments.sh"
	same_options() { diff <(run_options | cut -d ' ' -f 1 | sort) <("$real_tool" run --help | sed -nE 's/^ *(-., )?--([a-z-]+).*/\2/p' | grep -vxE 'help|usage|version' | sort); }
	same_benches() { diff <(bench_names) <("$real_tool" list --json | jq -r '.benches[].name'); }
	same_tests() { diff <(test_names) <(sed 's/^hookcost://' "$real/build/uml-out/selftests/install/kselftest-list.txt" | sort -u); }
	test_that "the tool has these options" same_options
	test_that "the tool has these benches" same_benches
	[[ ! -e $real/build/uml-out/selftests/install/kselftest-list.txt ]] || test_that "the tests are these" same_tests
else
	skip "the tool has these options" "it is not built"
fi
test_that "make -j2 bench report: one after the other" one_after_another
