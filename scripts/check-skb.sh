#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A struct sk_buff is as large with CONFIG_HOOKCOST as without, in each configuration that
# make test and make bench-off have. In KTAP. Compiled, not built: make prepare0 and one file
# for each, again only when the source, a fragment or the compiler has changed.
source "$(dirname "$0")/lib.sh"

configs=$top/scripts/config

# in_folder TARGET ARGUMENT...: make for that target's kernel, in $build
in_folder() {
	local target=$1
	shift

	kernel_make "$@"
}

# size_of TARGET [WITHOUT]: into $build/bytes, for $build/fragment
size_of() {
	local sed=p

	[[ ! ${2:-} ]] || sed='/^CONFIG_HOOKCOST/d; p'
	sed -n "$sed" "$build/fragment" >"$build/fragment.all"
	in_folder "$1" KCONFIG_ALLCONFIG="$build/fragment.all" allnoconfig &&
		in_folder "$1" -j"$jobs" prepare0 || return
	rm -f "$build/size/size.s"
	in_folder "$1" M="$build/size" size.s || return
	sed -nE 's/.*->sk_buff ([0-9]+).*/\1/p' "$build/size/size.s" >"$build/bytes"
	[[ -s $build/bytes ]]
}

# sizes TARGET: into $build/with and $build/without CONFIG_HOOKCOST
sizes() {
	mkdir -p "$build/size"
	echo 'obj-m := size.o' >"$build/size/Makefile"
	cat >"$build/size/size.c" <<-'END'
		#include <linux/skbuff.h>

		void size(void)
		{
			asm volatile("\n.ascii \"->sk_buff %c0\"" : : "i" (sizeof(struct sk_buff)));
		}
	END
	size_of "$1" && grep -qx CONFIG_HOOKCOST=y "$build/.config" && mv "$build/bytes" "$build/with" &&
		size_of "$1" without && ! grep -qx CONFIG_HOOKCOST=y "$build/.config" &&
		mv "$build/bytes" "$build/without"
}

number=0
failed=0
# same NAME TARGET FRAGMENT...: a target's configurations share a folder, and its host tools
same() {
	local name=$1 arch=$2 build=$cache/build/skb/$2 log=$cache/logs/skb-$1.log id with without not=''
	local found=$cache/build/skb/$1.bytes
	shift 2

	mkdir -p "$build"
	cat "$@" >"$build/fragment"
	id="$(<"$cache/src/state") $(sha256sum <"$build/fragment") $("clang$llvm" --version | head -n 1)"
	((number += 1))
	if ! stamp "$found.id" "$id"; then
		rm -f "$found.id"
		if ! sizes "$arch" >"$log" 2>&1; then
			tail -n 20 "$log" | sed 's/^/# | /'
			echo "not ok $number sk_buff: $name: it compiles"
			failed=1
			return
		fi
		echo "$(<"$build/with") $(<"$build/without")" >"$found"
		put_stamp "$found.id" "$id"
	fi
	read -r with without <"$found"
	((with == without)) || { not="not "; failed=1; }
	echo "# $name: $with bytes with CONFIG_HOOKCOST, $without without"
	echo "${not}ok $number sk_buff: $name: as large with CONFIG_HOOKCOST as without"
}

find_llvm
echo "TAP version 13"
same uml uml "$configs/uml.config"
same vm vm "$configs/vm.config"
same uml-distro uml "$configs/"{uml,distro}.config
same vm-distro vm "$configs/"{vm,distro}.config
echo "1..$number"
exit "$failed"
