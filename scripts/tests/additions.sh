#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: a hook, a driver, a bench and a native program, made up in
# additions/, are one file and one line each, as Documentation/developing.rst says
# shellcheck disable=SC2154

# add KIND FILE LIST LINE: its file, and its line at the end of a list
add() { cp "$top/scripts/tests/additions/$1.c" "tree/$2" && echo "$4" >>"tree/$3"; }

# The tool as it is built; -O0 takes a third of the time. libbpf and bpftool are there already.
tool() {
	local -x CCACHE_DIR=$real/ccache

	userspace_make -s -C "$PWD/tree/userspace" OUT="$PWD/out" LIBBPF="$tools/libbpf" \
		BPFTOOL="$tools/bpftool/bootstrap/bpftool" CFLAGS=-O0 all >log 2>&1 || { tail log; return 1; }
}
# lists NAME ARGUMENT...: `hookcost list` names it, once
lists() {
	local name=$1
	shift

	[[ $(out/hookcost list "$@" | grep -cE "^$name( |\$)") == 1 ]] || { out/hookcost list "$@"; return 1; }
}
# Its test is a file, too
selftest() { make -s -C tree/selftests list | grep -qx hookcost:bench_made_up.sh; }
native() {
	local -x CCACHE_DIR=$real/ccache

	kernel_make -s M="$PWD/tree" HOOKCOST_CLANG="clang$llvm" module/hookcost_native.o >log 2>&1 || { tail log; return 1; }
	grep -qx made_up <(strings -n 7 tree/module/hookcost_native.o) &&
		"llvm-nm$llvm" tree/module/hookcost_native.o | grep -q ' T native_made_up$'
}

mkdir tree
cp -r "$top"/{Kbuild,VERSION,bpf,module,userspace,selftests} tree/
test_that "a hook" add hook userspace/hook/made_up.c userspace/hook/hooks.def "HOOK(made_up),"
test_that "a driver" add driver userspace/driver/made_up.c userspace/driver/drivers.def "DRIVER(made_up),"
test_that "a bench" add bench userspace/bench/made_up.c userspace/bench/benches.def "BENCH(made_up),"
test_that "a native program" add native module/native_made_up.c module/native.def "NATIVE(native_made_up, \"made_up\", 0),"
echo 'expect("the row"; rows("made_up"; "one"))' >tree/selftests/bench/made_up.jq
test_that "the bench's test" selftest

tools=$out/userspace/tools
find_llvm
if [[ -e $tools/libbpf/libbpf.a && -x $tools/bpftool/bootstrap/bpftool ]]; then
	test_that "the tool builds with them" tool
	test_that "list: the bench" lists made_up
	test_that "list --names bench" lists made_up --names bench
	test_that "list --names hook" lists made_up --names hook
	test_that "list --names device" lists made_up --names device
else
	skip "the tool builds with them" "no libbpf and bpftool in $tools: make build"
fi
if [[ -e $build/include/generated/autoconf.h && $target != host ]]; then
	test_that "the native program is in its module" native
else
	skip "the native program is in its module" "no kernel in $build: make build"
fi
