#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the UML kernel from $src in $build
source "$(dirname "$0")/lib.sh"

fragment=$top/scripts/config/uml.config

configure() {
	local want lost

	um_make KCONFIG_ALLCONFIG="$fragment" allnoconfig
	want=$(grep -E '^CONFIG_[A-Z0-9_]+=' "$fragment" | sort)
	lost=$(comm -23 <(echo "$want") <(sort "$build/.config"))
	[[ -z $lost ]] || die "kconfig did not take from $fragment:" $lost
}

find_llvm
id="$(<"$cache/src/state") $(sha256sum <"$fragment") $("clang$llvm" --version | head -n 1)"
if ! stamp "$build/hookcost.config" "$id"; then
	rm -f "$build/hookcost.config"
	step "kernel config" configure
	put_stamp "$build/hookcost.config" "$id"
fi
step "kernel" um_make -j"$jobs"
