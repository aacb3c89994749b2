#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: modules are compiled as their kernel was; the one version number;
# what kconfig makes of scripts/config/hookcost.config
# shellcheck disable=SC2154

# compiler WANTED COMMAND... -- LINE...: with these commands alone, for a kernel with these lines
compiler() {
	local wanted=$1 got
	shift

	rm -rf bin folder && mkdir -p bin folder/include/config && ln -s "$(command -v sed)" bin/
	while [[ $1 != -- ]]; do
		ln -s /bin/true "bin/$1"
		shift
	done
	shift
	printf '%s\n' "$@" >"folder/${file:-include/config/auto.conf}"
	got=$(PATH=$PWD/bin /bin/sh "$top/module/kernel-cc.sh" folder)
	[[ $got == "$wanted" ]] || { echo "$got"; return 1; }
}
clang=(CONFIG_CC_IS_CLANG=y CONFIG_CLANG_VERSION=190107 'CONFIG_CC_VERSION_TEXT="Debian clang version 19.1.7"')
test_that "a kernel of clang and lld" compiler LLVM=-19 clang-19 clang -- "${clang[@]}" CONFIG_LD_IS_LLD=y
test_that "of clang without a version in its name" compiler LLVM=1 clang -- "${clang[@]}" CONFIG_LD_IS_LLD=y
test_that "of clang with binutils" compiler "LLVM= CC=clang-19" clang-19 -- "${clang[@]}"
test_that "of a clang that is not there" compiler LLVM=-19 gcc -- "${clang[@]}" CONFIG_LD_IS_LLD=y
gcc='CONFIG_CC_VERSION_TEXT="gcc-12 (Debian 12.2.0-14) 12.2.0"'
test_that "of gcc" compiler "LLVM= CC=gcc-12" gcc-12 clang-19 -- CONFIG_CC_IS_GCC=y "$gcc"
test_that "of a gcc that is not there" compiler LLVM= gcc -- CONFIG_CC_IS_GCC=y "$gcc"
test_that "a tree that has its .config alone" eval 'file=.config compiler LLVM=-19 clang-19 -- "${clang[@]}" CONFIG_LD_IS_LLD=y'
test_that "a folder without a configuration" compiler LLVM= gcc --

version=$(<"$top/VERSION")
# As dkms reads it
dkms_conf() {
	mkdir -p dkms && cp -a "$top/module" dkms/ && sed "s/#MODULE_VERSION#/$version/" dkms/module/dkms.conf >dkms/dkms.conf &&
		mkdir -p kernel/include/config && printf '%s\n' "${clang[@]}" CONFIG_LD_IS_LLD=y >kernel/include/config/auto.conf &&
		(
			# shellcheck disable=SC2034 # dkms.conf's
			kernel_source_dir=$PWD/kernel dkms_tree=/var/lib/dkms
			source dkms/dkms.conf && [[ $PACKAGE_VERSION == "$version" ]] &&
				[[ ${MAKE[0]} == "make -C $PWD/kernel LLVM="*" M=/var/lib/dkms/hookcost/$version/build modules && :" ]]
		)
}
# Nobody else has a number
one_version() { ! grep -rnE "hookcost[-/]v?[0-9]+\.[0-9]|HOOKCOST_VERSION \"" "$top"/{module,userspace,scripts,README.md,Makefile} "$top"/Documentation/*.rst --include=* --exclude-dir=tests; }
test_that "dkms.conf: the version, and the kernel's compiler" dkms_conf
test_that "VERSION has the only number" one_version
real_tool=$out/userspace/hookcost
for name in "$out"/modules/*.ko; do
	[[ ! -e $name ]] || test_that "modinfo ${name##*/}" test "$(modinfo -F version "$name")" == "$version"
done
[[ ! -x $real_tool ]] || test_that "hookcost --version" test "$("$real_tool" --version)" == "hookcost $version"

src=$real/src/linux-$linux
kernel() { make -s -C "$src" O="$PWD/obj" ARCH=x86_64 "$@" >log 2>&1 || { tail -n 5 log; return 1; }; }
# all_taken LINE...: over a configuration with these, as Documentation/server.rst has it
all_taken() {
	local line lost=''

	printf '%s\n' CONFIG_64BIT=y "$@" >base &&
		"$src/scripts/kconfig/merge_config.sh" -m -O obj base "$top/scripts/config/hookcost.config" >log &&
		kernel olddefconfig || return
	while read -r line; do
		[[ $line == *KEYS=* ]] || grep -qFx "$line" obj/.config || lost+=" $line"
	done < <(grep ^CONFIG_ "$top/scripts/config/hookcost.config")
	[[ ! $lost ]] || { echo "lost:$lost"; return 1; }
}
if [[ ! -e $src/include/net/hookcost.h ]] || ! command -v pahole >/dev/null; then
	skip "kconfig" "no patched source in $real, or no pahole"
	return
fi
mkdir obj
test_that "kconfig: a kernel without modules and debug information" all_taken "# CONFIG_MODULES is not set" \
	"# CONFIG_NET is not set" CONFIG_DEBUG_KERNEL=y CONFIG_DEBUG_INFO_NONE=y
test_that "kconfig: one with reduced and split debug information" all_taken CONFIG_MODULES=y CONFIG_DEBUG_KERNEL=y \
	CONFIG_DEBUG_INFO_DWARF5=y CONFIG_DEBUG_INFO_REDUCED=y CONFIG_DEBUG_INFO_SPLIT=y
